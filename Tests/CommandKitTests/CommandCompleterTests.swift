import CommandKit
import LineEditor
import SaasctlApp
import Testing

@Suite struct CommandCompleterTests {
    private func words(_ line: String) throws -> [String] {
        let word = line.split(omittingEmptySubsequences: false) { $0 == " " || $0 == "=" }.last.map(String.init) ?? ""
        guard case .words(let words) = try CommandCompleter(root: FakeRoot.self).complete(line: line, word: word) else {
            return ["<files>"]
        }
        return words
    }

    @Test func proposesCommandsAndTheShellsOwnWords() throws {
        #expect(try words("") == ["org", "identity", "worker", "completion", "help", "use", "exit", "quit"])
        #expect(try words("o") == ["org"])
        #expect(try words("org ") == ["create", "list", "fail"])
        #expect(try words("saasctl identity user g") == ["get"])
        #expect(try words("help org c") == ["create"])
        #expect(try words("use ") == ["org"])
    }

    @Test func proposesFlagsThatAreNotThereYet() throws {
        #expect(try words("org create acme --n") == ["--name", "--no-headers", "--no-input"])
        #expect(try words("org create acme --name x --n") == ["--no-headers", "--no-input"])
        #expect(try words("--re") == ["--read-only", "--reason"])
        #expect(try words("org list --dry") == [])
    }

    @Test func proposesTheValuesOfEnumerations() throws {
        #expect(try words("org create acme --kind ") == ["company", "person"])
        #expect(try words("org create acme --kind=p") == ["person"])
        #expect(try words("org -o j") == ["json"])
        #expect(try words("org create ") == [])
        #expect(try words("completion ") == ["bash", "zsh", "fish"])
        #expect(try words("generate --folder ") == [], "hidden")
    }
}
