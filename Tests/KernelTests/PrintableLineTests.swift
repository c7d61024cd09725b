import Kernel
import Testing

@Suite struct PrintableLineTests {
    @Test(arguments: ["a", "Acme GmbH", " a ", "Æther Ω 漢字 \u{1F469}\u{200D}\u{1F4BB}", "e\u{301}", "\u{202B}שלום", "a\u{A0}b", "-", "\""])
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
