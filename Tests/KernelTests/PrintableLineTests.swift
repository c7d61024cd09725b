import Kernel
import Testing

@Suite struct PrintableLineTests {
    @Test(arguments: [
        "a", "Acme GmbH", " a ", "Æther Ω 漢字 \u{1F469}\u{200D}\u{1F4BB}", "e\u{301}", "שלום", "a\u{A0}b", "-", "\"",
        // Persian and Sinhala need the joiners, and so do pictures of families.
        "علی\u{200C}رضا", "ශ්\u{200D}රී ලංකා", "\u{1F469}\u{1F3FD}\u{200D}\u{2764}\u{FE0F}\u{200D}\u{1F468}",
    ])
    func `one line of any script can be shown`(text: String) {
        #expect(text.isPrintableLine(ofLength: 1...200))
    }

    // Not the arguments of a test: the log would print them.
    private static let unprintable = [
        "", " ", "\u{A0}\u{2003}", "a\nb", "a\r\nb", "a\tb", "a\u{0}", "\u{1B}[31m", "a\u{7F}", "a\u{85}b", "a\u{2028}b", "a\u{2029}b",
        "\u{FFFF}",
    ]

    @Test func `control characters, line breaks and nothing but blanks cannot`() {
        #expect(Self.unprintable.filter { $0.isPrintableLine(ofLength: 0...200) } == [])
    }

    @Test func `what changes the order of the text or cannot be seen cannot`() {
        let invisible: [ClosedRange<UInt32>] = [
            0xAD...0xAD, 0x61C...0x61C, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x2069, 0xFEFF...0xFEFF,
        ]
        // Not the texts themselves: the log would print them.
        let shown = invisible.joined().filter { value in
            let text = Unicode.Scalar(value).map { "Ac\($0)me" } ?? ""
            return text.isPrintableLine(ofLength: 1...200) || !text.containsInvisibles
        }
        #expect(shown == [])
        let misplaced = [
            "\u{200D}علی", "علی\u{200C}", "علی\u{200C} رضا", "علی\u{200C}\u{200C}رضا", "a\u{200D}ی", "1\u{200C}2", "Zoë\u{200D}ë",
        ]
        #expect(misplaced.indices.filter { misplaced[$0].isPrintableLine(ofLength: 1...200) } == [])
        #expect(!"شلوم, Acme, ädä".containsInvisibles)
    }

    /// PostgreSQL's `length` counts the same, so that no name passes here and fails there.
    @Test func `length counts Unicode scalars`() {
        #expect("e\u{301}".isPrintableLine(ofLength: 2...2))
        #expect(!"e\u{301}".isPrintableLine(ofLength: 1...1))
        let full = String(repeating: "\u{1F600}", count: 200)
        #expect(full.isPrintableLine(ofLength: 1...200))
        #expect(!(full + "x").isPrintableLine(ofLength: 1...200))
    }

    @Test(arguments: [
        ("", ""), ("a", "a"), ("  a b  ", "a b"), ("\t\r\n", ""), ("\u{A0}a\u{3000}", "a"), ("\u{301}a", "\u{301}a"), ("\na", "a"),
    ])
    func `trimming takes blanks of every kind from both ends`(text: String, trimmed: String) {
        #expect(text.trimmed == trimmed)
    }
}
