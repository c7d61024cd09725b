import Testing

@testable import CommandKit

@Suite struct TerminalTextTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本語", 6), ("한국", 4), ("ｱ", 1), ("Ａ", 2), ("👍", 2), ("👩‍👩‍👧‍👦", 2), ("🇩🇪", 2),
        ("❤️", 2), ("❤", 1), ("a\u{200B}b", 2), ("Ω", 1), ("नमस्ते", 4), ("\u{1100}\u{1161}", 2), ("\u{AD}", 0), ("\u{1F100}", 1),
    ])
    func knowsHowWideTextIs(_ text: String, _ cells: Int) {
        #expect(TerminalText.width(text) == cells)
    }

    @Test func cutsAtCellsNotAtCharacters() {
        #expect(TerminalText.truncated("日本語", to: 6) == "日本語")
        #expect(TerminalText.truncated("日本語", to: 5) == "日本…")
        #expect(TerminalText.truncated("日本語", to: 4) == "日…")
        #expect(TerminalText.truncated("abc", to: 1) == "…")
        #expect(TerminalText.truncated("abc", to: 0) == "")
    }

    @Test func fillsUpOnTheRightSide() {
        #expect(TerminalText.padded("日", to: 4) == "日  ")
        #expect(TerminalText.padded("7", to: 3, alignment: .trailing) == "  7")
        #expect(TerminalText.padded("long", to: 2) == "long")
    }

    @Test func keepsWhatIsHarmless() {
        #expect(TerminalText.printable("Żółć 日本 👩‍👩‍👧‍👦") == "Żółć 日本 👩‍👩‍👧‍👦")
        #expect(TerminalText.printable("a\tb\r\n\u{0}\u{7F}\u{2028}") == #"a\tb\r\n\u{0}\u{7f}\u{2028}"#)
        #expect(TerminalText.printableLines("a\u{7}\nb") == "a\\u{7}\nb")
    }
}
