import ArgumentParser
import CommandKit
import SaasctlApp
import Testing

/// One command of the program's tree, from a walk over all of it.
struct TreeNode: Sendable, CustomTestStringConvertible {
    /// Without the program's name; empty for the root.
    let words: [String]
    let command: any ParsableCommand.Type

    static let all: [TreeNode] = walk(TreeNode(words: [], command: RootCommand.self))

    private static func walk(_ node: TreeNode) -> [TreeNode] {
        [node] + node.children.flatMap(walk)
    }

    var children: [TreeNode] {
        command.configuration.subcommands.map { TreeNode(words: words + [$0._commandName], command: $0) }
    }

    var isLeaf: Bool { command.configuration.subcommands.isEmpty }
    var path: String { (["saasctl"] + words).joined(separator: " ") }
    var testDescription: String { path }
}
