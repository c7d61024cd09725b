import Kernel
import LineEditor
import Testing

@testable import SaasctlApp

/// What the console and the shells propose for the program's own commands.
@Suite struct CompletionTests {
    private static let services = ["identity", "organization", "billing", "workflow", "notification", "audit", "analytics"]

    @Test func `the console proposes files, services and consumers where they are asked for`() throws {
        let completer = try CommandCompleter(root: RootCommand.self)
        #expect(completer.complete(line: "identity user register a@b.c --password-file ", word: "") == .files)
        #expect(completer.complete(line: "db status --service ", word: "") == .words(Self.services))
        #expect(completer.complete(line: "worker run --only au", word: "au") == .words(["audit"]))
        #expect(completer.complete(line: "--org acme org li", word: "li") == .words(["list"]))
    }

    @Test func `the version is asked of the program, not of its commands`() throws {
        let completer = try CommandCompleter(root: RootCommand.self)
        #expect(completer.complete(line: "--vers", word: "--vers") == .words(["--version"]))
        #expect(completer.complete(line: "org list --vers", word: "--vers") == .words([]))
        #expect(completer.complete(line: "org --vers", word: "--vers") == .words([]))
        // One of them has an option of that name for something else.
        #expect(completer.complete(line: "workflow task update WEB-1 --vers", word: "--vers") == .words(["--version"]))
        let files = try GeneratedFiles.commandFiles(root: RootCommand.self)
        let offers = [
            "saasctl.bash": "flags=(--version", "_saasctl": "'--version[Show the version.]'",
            "saasctl.fish": "-l 'version' -d 'Show the version.'",
        ]
        for (file, offer) in offers {
            let text = try #require(files["completions/\(file)"])
            #expect(text.split(separator: "\n").count { $0.contains(offer) } == 1, "\(file)")
            #expect(text.contains("The version that you have seen") || file == "saasctl.bash", "\(file)")
        }
    }

    @Test func `bash takes proposals for file names only where they are`() throws {
        let text = try #require(try GeneratedFiles.commandFiles(root: RootCommand.self)["completions/saasctl.bash"])
        #expect(text.contains("\ncomplete -F _saasctl saasctl\n"))
        #expect(text.contains("    '--password-file')\n        compopt -o filenames\n        __saasctl_add_completions -f"))
        #expect(text.contains("    '--service')\n        __saasctl_add_completions -W 'identity'"))
    }
}
