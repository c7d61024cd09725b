public import ArgumentParser

/// A place in the command tree, from the root down.
public struct CommandPath: CustomStringConvertible {
    /// The root first.
    public let types: [any ParsableCommand.Type]

    init(_ types: [any ParsableCommand.Type]) {
        self.types = types
    }

    /// The names of the commands without the root's: `["org", "create"]`.
    public var words: [String] { types.dropFirst().map { $0._commandName } }

    /// As it is typed: `saasctl org create`.
    public var description: String { types.map { $0._commandName }.joined(separator: " ") }

    /// The root, where the path has nothing else.
    public var last: any ParsableCommand.Type { types[types.count - 1] }

    var children: [any ParsableCommand.Type] { last.configuration.subcommands }

    func appending(_ type: any ParsableCommand.Type) -> CommandPath {
        CommandPath(types + [type])
    }

    /// The child of this name or alias; nouns (children that have children) answer to their plural too.
    func child(named word: String) -> (any ParsableCommand.Type)? {
        let children = children
        return children.first { $0._commandName == word || $0.configuration.aliases.contains(word) }
            ?? children.first { CommandPath([$0]).isGroup && EnglishPlural.of($0._commandName) == word }
    }

    /// A command beside this one that shows what this one changes.
    struct Witness: Sendable {
        fileprivate let command: String
        fileprivate let takesIdentifier: Bool

        func commandLine(for identifier: String?) -> String {
            guard takesIdentifier, let identifier else { return command }
            return "\(command) \(ShellWords.quoted(identifier))"
        }
    }

    var witness: Witness? {
        let noun = CommandPath(types.dropLast())
        guard !noun.types.isEmpty, let verb = ["get", "list", "status"].first(where: { noun.child(named: $0) != nil }) else { return nil }
        return Witness(command: "\(noun) \(verb)", takesIdentifier: verb == "get")
    }

    /// Whether further words are expected below.
    var isGroup: Bool { !children.isEmpty }
}

enum EnglishPlural {
    static func of(_ noun: String) -> String {
        let endsInConsonantAndY = noun.hasSuffix("y") && !["ay", "ey", "oy", "uy"].contains(where: noun.hasSuffix)
        if endsInConsonantAndY { return noun.dropLast() + "ies" }
        return ["s", "x", "ch", "sh"].contains(where: noun.hasSuffix) ? noun + "es" : noun + "s"
    }
}
