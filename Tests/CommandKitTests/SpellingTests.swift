import Kernel
import Testing

@testable import CommandKit

@Suite struct SpellingTests {
    @Test(arguments: [
        ("create", "create", 0), ("creat", "create", 1), ("craete", "create", 1), ("", "abc", 3), ("abc", "", 3), ("list", "lost", 1),
        ("kitten", "sitting", 3), ("Create", "create", 0),
    ])
    func countsTypingErrors(_ left: String, _ right: String, _ expected: Int) {
        #expect(left.lowercased().editDistance(to: right.lowercased()) == expected)
    }

    @Test func prefersFewErrorsThenPrefixesThenSynonyms() {
        #expect(Spelling.nearest(to: "gte", among: ["set", "get"]) == "get")
        #expect(Spelling.nearest(to: "ent", among: ["entitlement", "sub"]) == "entitlement")
        #expect(Spelling.nearest(to: "rm", among: ["create", "remove"]) == "remove")
        #expect(Spelling.nearest(to: "frobnicate", among: ["create", "remove"]) == nil)
        #expect(Spelling.nearest(to: "--key", among: ["--yes", "--name"]) == nil, "two of three letters are no slip")
        #expect(Spelling.nearest(to: "--nmae", among: ["--yes", "--name"]) == "--name")
    }
}
