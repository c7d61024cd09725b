import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import SaasctlApp
import TestSupport
import Testing

/// What a newcomer reads: the help of every command.
@Suite struct HelpTests {
    @Test(arguments: TreeNode.all) func `help is as recorded`(_ node: TreeNode) async throws {
        try await Program.lend { program in
            let result = await program.run(node.words + ["--help"])
            #expect(result.status == 0 && result.stderr.isEmpty, "\(result)")
            let root = await program.run("--help")
            var page = result.stdout
            if node.isLeaf {
                // What all commands share is recorded once, with the root.
                let shared = try #require(root.stdout.firstRange(of: "GLOBAL OPTIONS:\n"))
                let flags = root.stdout[shared.lowerBound...].split(separator: "\n\n")[0]
                let place = try #require(page.firstRange(of: flags), "the global options are not as the root shows them")
                page.replaceSubrange(place, with: "GLOBAL OPTIONS: as saasctl --help shows them")
            }
            try Golden.expect(page, matches: "help/\((["saasctl"] + node.words).joined(separator: "-")).txt")
        }
    }

    @Test(arguments: TreeNode.all) func `the other ways to ask give the same help`(_ node: TreeNode) async throws {
        try await Program.lend { program in
            let page = await program.run(node.words + ["--help"]).stdout
            #expect(await program.run(node.words + ["-h"]).stdout == page)
            #expect(await program.run(["help"] + node.words).stdout == page)
            #expect(page.split(separator: "\n").allSatisfy { $0.count <= 80 }, "a line is wider than 80 columns")
        }
    }

    @Test func `there is no snapshot of a command that is gone`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots/help").path
        let recorded = Set(try FileManager.default.contentsOfDirectory(atPath: folder))
        #expect(recorded == Set(TreeNode.all.map { (["saasctl"] + $0.words).joined(separator: "-") + ".txt" }))
    }

    @Test(arguments: TreeNode.all) func `every command says what it is for`(_ node: TreeNode) throws {
        let description = try CommandDescription(of: node.command)
        let abstract = try #require(description.abstract, "\(node.path) has no abstract")
        #expect(abstract.first?.isUppercase == true && abstract.hasSuffix("."), "\(node.path): \(abstract)")
        #expect(abstract.count <= 80, "\(node.path): too long for a list")
        for argument in description.visibleArguments {
            let text = argument.abstract ?? ""
            #expect(
                !text.isEmpty && (text.hasSuffix(".") || text.hasSuffix(")")),
                "\(node.path): \(argument.names?.first?.text ?? "an argument") is not described")
        }
        if node.isLeaf { #expect(node.command is any SaasctlCommand.Type, "\(node.path) would run without a context") }
    }

    @Test func `a group alone shows its help, as does nothing at all`() async throws {
        try await Program.lend { program in
            let help = await program.run("--help")
            #expect(await program.run([]).stdout == help.stdout)
            for group in TreeNode.all where !group.isLeaf && group.command.configuration.defaultSubcommand == nil {
                let result = await program.run(group.words)
                let help = await program.run(group.words + ["--help"])
                #expect(result.status == 0 && result.stdout == help.stdout, "\(group.path)")
            }
        }
    }

    @Test func `the version is one line`() async throws {
        try await Program.lend { program in
            #expect(await program.run("--version").stdout == "saasctl \(SaasctlVersion.current)\n")
        }
    }
}
