import CommandKit
import FoundationEssentials
import Kernel
import Testing

@Suite struct RendererTests {
    private let acme = FakeOrganization(slug: "acme", name: "Acme GmbH")
    private let kanji = FakeOrganization(slug: "nihon", name: "日本")

    private func render(
        _ format: OutputFormat, onTerminal: Bool = false, width: Int = 80, showsHeaders: Bool = true, color: Bool = false,
        isQuiet: Bool = false,
        _ body: (Renderer) throws -> Void
    ) throws -> CapturedTerminal {
        let io = CapturedTerminal(isTerminal: onTerminal, width: width)
        try body(Renderer(io: io, format: format, showsHeaders: showsHeaders, color: color, isQuiet: isQuiet))
        return io
    }

    @Test func aTableAlignsByWidthOnTheScreen() throws {
        let io = try render(.table) { try $0.list(Page(all: [acme, kanji])) }
        #expect(
            io.output == """
                SLUG   NAME             MRR  CREATED AT            DELETED AT
                acme   Acme GmbH  19.99 EUR  2026-11-22T00:00:00Z  -
                nihon  日本       19.99 EUR  2026-11-22T00:00:00Z  -

                """)
    }

    @Test func headersCanBeLeftOut() throws {
        let io = try render(.table, showsHeaders: false) { try $0.list(Page(all: [acme])) }
        #expect(io.output == "acme  Acme GmbH  19.99 EUR  2026-11-22T00:00:00Z  -\n")
    }

    @Test func onlyATerminalCutsColumnsAndNeverTheIdentifier() throws {
        let long = FakeOrganization(slug: String(repeating: "s", count: 30), name: String(repeating: "n", count: 60))
        let narrow = try render(.table, onTerminal: true, width: 70) { try $0.list(Page(all: [long])) }
        #expect(narrow.output.split(separator: "\n").allSatisfy { $0.count <= 70 })
        #expect(narrow.output.contains(long.slug))
        #expect(narrow.output.contains("…"))
        let piped = try render(.table, width: 70) { try $0.list(Page(all: [long])) }
        #expect(piped.output.contains(long.name))
    }

    @Test func `a terminal that is too narrow cuts texts and titles, and no number`() throws {
        let line = FakeInvoice(name: String(repeating: "n", count: 30), drawing: "#")
        func table(_ width: Int) throws -> String {
            try render(.table, onTerminal: true, width: width) { try $0.list(Page(all: [line])) }.output
        }
        #expect(try table(33) == "NAME         TOTAL AMOU…  DRAWING\nnnnnnnnnnn…  1234.56 EUR  #\n")
        #expect(try table(29) == "NAME     TOTAL AMOU…  DRAWING\nnnnnnn…  1234.56 EUR  #\n", "less than eight cells where that helps")
        #expect(try table(20) == "NAME      TOTAL AMOU…  DRAWING\nnnnnnnn…  1234.56 EUR  #\n", "nothing helps")
    }

    @Test func `a drawing has the room that the others leave, and no title where that is none`() throws {
        let line = FakeInvoice(name: "nine char", drawing: "")
        func room(_ width: Int, onTerminal: Bool = true, _ format: OutputFormat = .table) -> Int? {
            Renderer(io: CapturedTerminal(isTerminal: onTerminal, width: width), format: format).room(atLeast: 8, beside: [line])
        }
        #expect(room(40) == 40 - 9 - 12 - 4 && room(33) == 33 - 9 - 12 - 4, "beside whole columns")
        #expect(room(31) == 8 && room(28) == 8, "the others give way for what is enough")
        #expect(room(27) == 0 && room(40, onTerminal: false) == nil && room(40, .json) == nil)
        let narrow = try render(.table, onTerminal: true, width: 27) { try $0.list(Page(all: [line])) }
        #expect(narrow.output == "NAME       TOTAL AMOUNT\nnine char   1234.56 EUR\n")
    }

    @Test func `a line ends with what it says last, and one without a name says nothing`() throws {
        let line = FakeInvoice(name: "", drawing: "")
        let table = try render(.table) { try $0.list(Page(all: [line])) }
        #expect(table.output == "NAME  TOTAL AMOUNT  DRAWING\n       1234.56 EUR\n")
        #expect(try render(.name) { try $0.object(line) }.output.isEmpty)
    }

    @Test func dataCannotSpeakToTheTerminal() throws {
        let evil = FakeOrganization(slug: "evil", name: "\u{1B}[2J\u{9B}31m\nnext\u{202E}")
        for format in [OutputFormat.table, .json] {
            let io = try render(format) { try $0.list(Page(all: [evil])) }
            #expect(!io.output.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x9B || $0.value == 0x202E })
        }
        let table = try render(.table) { try $0.list(Page(all: [evil])) }
        #expect(table.output.contains(#"\u{1b}[2J\u{9b}31m\nnext\u{202e}"#))
        let name = try render(.name) { try $0.object(FakeOrganization(slug: "a\nb", name: "")) }
        #expect(name.output == "a\\nb\n")
    }

    @Test func anObjectIsLinesOfTitlesAndValues() throws {
        let io = try render(.table) { try $0.object(acme) }
        #expect(
            io.output == """
                slug:        acme
                name:        Acme GmbH
                mrr:         19.99 EUR
                created at:  2026-11-22T00:00:00Z
                deleted at:  -

                """)
    }

    @Test func jsonIsOneDocumentInTheOrderOfDeclaration() throws {
        let object = try render(.json) { try $0.object(acme) }
        let fields =
            #""id":"0192f3a4-5b6c-7d8e-9f01-23456789abcd","slug":"acme","name":"Acme GmbH","created_at":"2026-11-22T00:00:00Z","mrr":{"amount":1999,"currency":"EUR"}"#
        #expect(object.output == #"{"schema":"saasctl/v1","kind":"Organization",\#(fields)}"# + "\n")
        let list = try render(.json) {
            let list = $0.listWriter(of: FakeOrganization.self)
            try list.append([acme])
            try list.append([acme])
            try list.finish(next: "abc")
        }
        #expect(
            list.output == #"{"schema":"saasctl/v1","kind":"OrganizationList","items":[{\#(fields)},{\#(fields)}],"next":"abc"}"# + "\n")
    }

    @Test func jsonIsIndentedOnATerminal() throws {
        let io = try render(.json, onTerminal: true) { try $0.list(Page(all: [acme])) }
        #expect(
            io.output.hasPrefix(
                "{\n  \"schema\": \"saasctl/v1\",\n  \"kind\": \"OrganizationList\",\n  \"items\": [\n    {\n      \"id\": "))
        #expect(io.output.hasSuffix("\n    }\n  ],\n  \"next\": null\n}\n"))
        #expect(throws: Never.self) { try JSONValue(parsing: io.output) }
    }

    @Test func namesComeOnePerLine() throws {
        let io = try render(.name) { try $0.list(Page(all: [acme, kanji])) }
        #expect(io.output == "acme\nnihon\n")
    }

    @Test func anEmptyListIsSilentOutsideATerminal() throws {
        let empty = Page<FakeOrganization>(all: [])
        let piped = try render(.table) { try $0.list(empty) }
        #expect(piped.output.isEmpty && piped.errors.isEmpty)
        let terminal = try render(.table, onTerminal: true) { try $0.list(empty) }
        #expect(terminal.output.isEmpty && terminal.errors == "nothing found\n")
        let quiet = try render(.table, onTerminal: true, isQuiet: true) { try $0.list(empty) }
        #expect(quiet.errors.isEmpty)
        let json = try render(.json) { try $0.list(empty) }
        #expect(json.output == #"{"schema":"saasctl/v1","kind":"OrganizationList","items":[],"next":null}"# + "\n")
        let pretty = try render(.json, onTerminal: true) { try $0.list(empty) }
        #expect(throws: Never.self) { try JSONValue(parsing: pretty.output) }
    }

    @Test func aCutListSaysSo() throws {
        let io = try render(.table) { try $0.listWriter(of: FakeOrganization.self).finish(next: "c 1") }
        #expect(io.errors == "there is more: go on with --cursor 'c 1', or see it all with --all\n")
    }

    @Test func aLongListIsWrittenAsItComes() throws {
        let io = CapturedTerminal()
        let list = Renderer(io: io, format: .table).listWriter(of: FakeOrganization.self)
        for _ in 0..<11 { try list.append(Array(repeating: acme, count: 100)) }
        #expect(io.output.split(separator: "\n").count > 1_000, "written before the end")
        try list.finish()
        #expect(io.output.split(separator: "\n").count == 1_101)
        #expect(io.output.split(separator: "\n").count { $0.hasPrefix("SLUG") } == 1)
    }

    @Test func aResultCanBeStoredAndRenderedAgain() throws {
        let stored = try JSONCoding.encode(acme)
        let again = try JSONCoding.decode(FakeOrganization.self, from: stored)
        #expect(again == acme)
        let first = try render(.json) { try $0.object(acme) }
        let second = try render(.json) { try $0.object(again) }
        #expect(first.output == second.output)
    }

    @Test func coloursAreForHeadersAndTitlesOnly() throws {
        let list = try render(.table, color: true) { try $0.list(Page(all: [acme])) }
        #expect(list.output.hasPrefix("\u{1B}[1mSLUG"))
        #expect(list.output.split(separator: "\n").last == "acme  Acme GmbH  19.99 EUR  2026-11-22T00:00:00Z  -")
    }
}

private struct FakeInvoice: Listable {
    static let resourceKind = "FakeInvoice"
    static let columns: [Column<FakeInvoice>] = [
        Column("name") { $0.name }, Column("total amount", alignment: .trailing) { _ in "1234.56 EUR" },
        Column("drawing", mayShrink: false) { $0.drawing },
    ]

    let name: String
    let drawing: String
    var identifier: String { name }
}
