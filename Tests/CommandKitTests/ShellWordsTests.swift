import CommandKit
import Kernel
import Testing

@Suite struct ShellWordsTests {
    @Test(
        arguments: [
            ("", []), ("  \t ", []), ("org create acme", ["org", "create", "acme"]), ("a  'b c'  \"d e\"", ["a", "b c", "d e"]),
            (#"a\ b"#, ["a b"]), (#"'a\b'"#, [#"a\b"#]), (#""a\b\"c\\\$""#, [#"a\b"c\$"#]), ("''", [""]), ("a''b\"\"", ["ab"]),
            ("# comment", []), ("a #b c", ["a"]), ("a#b", ["a#b"]), ("'#'", ["#"]), ("\\#", ["#"]),
            ("--name='Zoë \"Z\" 日本'", ["--name=Zoë \"Z\" 日本"]),
        ] as [(String, [String])])
    func splitsAsAShellDoes(_ line: String, _ words: [String]) throws {
        #expect(try ShellWords.split(line) == words)
    }

    @Test(arguments: ["'", "a \"b", "a\\", "'it''s", "\"a\\\""])
    func refusesWhatIsNotFinished(_ line: String) {
        #expect(throws: Failure.self) { try ShellWords.split(line) }
    }

    @Test func quotesSoThatSplittingGivesTheWordBack() throws {
        for word in ["", "a b", "it's", "$HOME", "a\"b\\c", "*", "plain-word_1.2", "日本", "\n", "'"] {
            #expect(try ShellWords.split(ShellWords.quoted(word)) == [word])
        }
        #expect(ShellWords.quoted("plain@example.org") == "plain@example.org")
        #expect(ShellWords.quoted("acme*") == "'acme*'")
    }

    @Test func findsTheWordAtTheCursor() {
        #expect(ShellWords.splitUnfinished("org cre") == ["org", "cre"])
        #expect(ShellWords.splitUnfinished("org ") == ["org", ""])
        #expect(ShellWords.splitUnfinished("") == [""])
        #expect(ShellWords.splitUnfinished("org 'a b") == ["org", "a b"])
    }
}
