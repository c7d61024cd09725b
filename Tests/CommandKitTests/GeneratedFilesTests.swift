import CommandKit
import FoundationEssentials
import Kernel
import Outbox
import Testing

@testable import SaasctlApp

@Suite struct GeneratedFilesTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "saasctl-generated-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test func thereIsAPagePerCommandAndAScriptPerShell() throws {
        let files = try GeneratedFiles.commandFiles(root: FakeRoot.self)
        #expect(
            files.keys.sorted() == [
                "completions/_saasctl", "completions/saasctl.bash", "completions/saasctl.fish", "man/saasctl-completion.1",
                "man/saasctl-identity.1",
                "man/saasctl-org.1", "man/saasctl-worker.1", "man/saasctl.1",
            ])
        #expect(files.values.allSatisfy { $0.hasSuffix("\n") })
        #expect(try files == GeneratedFiles.commandFiles(root: FakeRoot.self), "the same tree gives the same bytes")
    }

    @Test func aPageHasTheCommandsOwnFlagsAndNotTheGlobalOnes() throws {
        let page = try #require(GeneratedFiles.commandFiles(root: FakeRoot.self)["man/saasctl-org.1"])
        #expect(page.contains(#".SS "saasctl org create""#))
        #expect(page.contains(#".B "saasctl org create <slug> [flags]""#))
        #expect(page.contains(#".B "\-\-kind <kind>""#))
        #expect(page.contains("One of: company, person. Default: company."))
        #expect(page.contains(#".B "\-n, \-\-dry\-run""#))
        #expect(!page.contains("correlation"))
        let program = try #require(GeneratedFiles.commandFiles(root: FakeRoot.self)["man/saasctl.1"])
        #expect(program.contains(#".B "\-\-correlation\-id <uuid>""#))
        #expect(program.contains("SAASCTL_PROFILE") && program.contains(#".B "78""#))
        #expect(!program.contains("generate"), "hidden commands have no page")
    }

    @Test func aDefaultSubcommandIsOptionalInTheSynopsis() throws {
        let page = try #require(GeneratedFiles.commandFiles(root: FakeRoot.self)["man/saasctl-worker.1"])
        #expect(page.contains(#".B "saasctl worker [run] [flags]""#))
    }

    @Test func textCannotBecomeARequestOfTheFormatter() {
        var page = Roff(title: "a-b")
        page.text(".SH not a section\n'quoted' \\backslash")
        page.item(#"--x "y""#, "")
        page.text("Zoë …")
        #expect(page.result.contains("Zo\\[u00EB] \\[u2026]\n"))
        #expect(page.result.contains("\\&.SH not a section\n\\&'quoted' \\ebackslash\n"))
        #expect(page.result.contains(#".B "\-\-x \(dqy\(dq""#))
    }

    @Test func differencesNameWhatIsMissingChangedOrStale() async throws {
        try await withFolder { folder in
            let program = FakeProgram()
            #expect(await program.run("generate", "--folder", folder) == 0)
            let written = program.io.output.split(separator: "\n")
            #expect(written.filter { !$0.hasPrefix("docs/") }.count == 8)
            let types = Set(Registry.modules.flatMap(\.publishes).map { "docs/schemas/\($0.eventType).json" })
            #expect(
                Set(written.filter { $0.hasPrefix("docs/") }.map(String.init))
                    == types.union(["docs/event-schemas.md", "docs/schemas/envelope.json"]))
            #expect(try GeneratedFiles.differences(root: FakeRoot.self, in: folder) == [])

            try "edited".write(toFile: folder + "/man/saasctl.1", atomically: true, encoding: .utf8)
            try "stale".write(toFile: folder + "/man/saasctl-gone.1", atomically: true, encoding: .utf8)
            try FileManager.default.removeItem(atPath: folder + "/completions/_saasctl")
            try "edited".write(toFile: folder + "/docs/event-schemas.md", atomically: true, encoding: .utf8)
            try "stale".write(toFile: folder + "/docs/schemas/saas.gone.v1.json", atomically: true, encoding: .utf8)
            try FileManager.default.createDirectory(atPath: folder + "/docs/schemas/released", withIntermediateDirectories: false)
            try "kept".write(toFile: folder + "/docs/schemas/released/saas.gone.v1.json", atomically: true, encoding: .utf8)
            let expected = [
                "completions/_saasctl", "docs/event-schemas.md", "docs/schemas/saas.gone.v1.json", "man/saasctl-gone.1", "man/saasctl.1",
            ]
            #expect(try GeneratedFiles.differences(root: FakeRoot.self, in: folder) == expected)
            #expect(try GeneratedFiles.write(root: FakeRoot.self, to: folder) == expected)
            #expect(try GeneratedFiles.differences(root: FakeRoot.self, in: folder) == [])
        }
    }

    @Test func theCommittedFilesAreWhatTheTreeSays() throws {
        let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        #expect(try GeneratedFiles.differences(root: RootCommand.self, in: repository) == [], "run: saasctl generate")
    }

    @Test func theCompletionCommandPrintsTheScript() async throws {
        let program = FakeProgram()
        #expect(await program.run("completion", "bash") == 0)
        #expect(try program.io.output == GeneratedFiles.commandFiles(root: FakeRoot.self)["completions/saasctl.bash"])
        #expect(await program.run("completion", "tcsh") == 64)
    }
}
