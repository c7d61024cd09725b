public import ArgumentParser
public import CommandKit
import Kernel
public import LineEditor

/// Proposes commands, flags and the values of flags from the command tree.
public struct CommandCompleter: Sendable {
    private let root: CommandDescription

    public init(root: CommandDescription) {
        self.root = root
    }

    /// - Throws: `DecodingError` where ArgumentParser describes the tree in a way that is not understood.
    public init(root: any ParsableCommand.Type) throws {
        self.init(root: try CommandDescription(of: root))
    }

    /// - Parameter line: up to the cursor.
    /// - Parameter word: what is to be replaced: the end of the line behind the last white space or `=`.
    public func complete(line: String, word: String) -> Completion {
        var words = ShellWords.splitUnfinished(line)
        if words.first == root.commandName { words.removeFirst() }
        let current = words.popLast() ?? ""
        if words.first == "use" {
            return .words(words.count == 1 && "org".hasPrefix(current) ? ["org"] : [])
        }
        let place = Place(root: root, words: words)
        if place.isLost { return .words([]) }
        if let flag = place.flagAwaitingValue { return values(of: flag, beginning: current) }
        if current.hasPrefix("-") {
            let parts = current.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return flags(at: place, beginning: current) }
            guard let flag = place.command.argument(named: String(parts[0])) else { return .words([]) }
            return values(of: flag, beginning: String(parts[1]))
        }
        let commands = place.command.visibleSubcommands.map(\.commandName)
        if !commands.isEmpty {
            let own = words.isEmpty ? ShellVerb.words : []
            return .words((commands + own).filter { $0.hasPrefix(current) })
        }
        guard !place.isHelp, let positional = place.nextPositional else { return .words([]) }
        return values(of: positional, beginning: current)
    }

    private func flags(at place: Place, beginning start: String) -> Completion {
        let isGroup = !place.command.visibleSubcommands.isEmpty
        let own = place.command.visibleArguments.filter { $0.isRepeating || !place.used.contains($0) }
            .filter { place.command == root || !$0.asksForVersion }
            .flatMap { $0.names ?? [] }.filter { $0.kind == .long }.map(\.text)
        let all = isGroup ? Set(own).union(SharedFlags.longNames) : Set(own)
        return .words(all.filter { $0.hasPrefix(start) }.sorted())
    }

    private func values(of argument: ArgumentDescription, beginning start: String) -> Completion {
        if argument.takesFile { return .files }
        return .words((argument.allValues ?? []).filter { $0.hasPrefix(start) })
    }
}

/// Where in the tree the words before the cursor lead.
private struct Place {
    private(set) var command: CommandDescription
    private(set) var used: Set<ArgumentDescription> = []
    private(set) var flagAwaitingValue: ArgumentDescription?
    private(set) var isHelp = false
    /// There was a word that is no command.
    private(set) var isLost = false
    private var positionals = 0

    init(root: CommandDescription, words: [String]) {
        command = root
        for word in words {
            if flagAwaitingValue != nil {
                flagAwaitingValue = nil
            } else if word.hasPrefix("-") {
                take(flag: word)
            } else if word == "help" && !command.visibleSubcommands.isEmpty {
                isHelp = true
            } else if let child = command.visibleSubcommands.first(where: { $0.commandName == word || $0.aliases?.contains(word) == true })
            {
                command = child
            } else if !command.visibleSubcommands.isEmpty {
                isLost = true
            } else {
                positionals += 1
            }
        }
    }

    var nextPositional: ArgumentDescription? {
        let arguments = command.visibleArguments.filter { $0.kind == .positional }
        return positionals < arguments.count ? arguments[positionals] : arguments.last { $0.isRepeating }
    }

    private mutating func take(flag word: String) {
        let name = String(word.prefix { $0 != "=" })
        // Before the verb only the shared flags are known, and any leaf knows those.
        guard let argument = command.argument(named: name) ?? command.firstLeaf.argument(named: name) else { return }
        used.insert(argument)
        if argument.kind == .option && name == word { flagAwaitingValue = argument }
    }
}

extension CommandDescription {
    fileprivate func argument(named name: String) -> ArgumentDescription? {
        (arguments ?? []).first { $0.names?.contains { $0.text == name } == true }
    }

    fileprivate var firstLeaf: CommandDescription {
        visibleSubcommands.first?.firstLeaf ?? self
    }
}
