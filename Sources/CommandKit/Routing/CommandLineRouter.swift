public import ArgumentParser
public import Kernel

/// Finds out which command of the tree a command line means, before its flags are parsed. Does no I/O.
///
/// ArgumentParser could walk the tree itself, but takes flags only behind the subcommand that declares them, knows no plurals, and calls
/// an unknown subcommand an unexpected argument.
public struct CommandLineRouter {
    private let root: CommandPath

    public init(root: any ParsableCommand.Type) {
        self.root = CommandPath([root])
    }

    /// - Parameter arguments: without the name of the program.
    /// - Throws: `Failure` with `USAGE` for a word or a flag that no command has there.
    public func route(_ arguments: [String]) throws(Failure) -> Route {
        if arguments.first == "---completion" { return .completion(arguments) }
        var walk = Walk(path: root, rest: arguments[...])
        while walk.path.isGroup, let argument = walk.rest.first {
            if argument.hasPrefix("-"), argument.count > 1, !walk.flagsEnded {
                if argument == "--version", walk.path.types.count == 1 { return .version }
                guard try takeFlag(argument, &walk) else { break }
            } else if argument == "help", walk.path.child(named: argument) == nil {
                return .help(try helpTopic(walk.rest.dropFirst(), below: walk.path))
            } else {
                guard let child = walk.path.child(named: argument) else { throw unknownCommand(argument, walk.path) }
                walk.path = walk.path.appending(child)
                walk.rest.removeFirst()
            }
        }
        return finish(walk)
    }

    private struct Walk {
        var path: CommandPath
        var rest: ArraySlice<String>
        var hoisted: [String] = []
        var flagsEnded = false
        var wantsHelp = false
    }

    /// - Returns: false where the flag belongs to the default subcommand, which the walk has entered.
    private func takeFlag(_ argument: String, _ walk: inout Walk) throws(Failure) -> Bool {
        switch (argument, SharedFlags.read(walk.rest)) {
        case ("--", _):
            walk.flagsEnded = true
            walk.rest.removeFirst()
        case ("--help", _), ("-h", _):
            walk.wantsHelp = true
            walk.rest.removeFirst()
        case (_, .flags(let flags, let consumed)):
            walk.hoisted += flags
            walk.rest.removeFirst(consumed)
        case (_, .missingValue(let flag)):
            throw Failure(.usage, "missing value for \"\(flag)\"", hint: "\(walk.path) --help")
        case (_, .other):
            guard let standard = walk.path.last.configuration.defaultSubcommand else { throw unknownFlag(argument, walk.path) }
            walk.path = walk.path.appending(standard)
            return false
        }
        return true
    }

    private func finish(_ walk: Walk) -> Route {
        var path = walk.path
        let flags = walk.flagsEnded ? [] : walk.rest.prefix { $0 != "--" }
        if walk.wantsHelp || flags.contains("--help") || flags.contains("-h") { return .help(path) }
        if path.isGroup {
            guard let standard = path.last.configuration.defaultSubcommand else { return .help(path) }
            path = path.appending(standard)
        }
        return .run(CommandCall(path: path, arguments: walk.hoisted + (walk.flagsEnded ? ["--"] : []) + walk.rest))
    }

    /// Flags among the words of `help` are let pass, since they change nothing.
    private func helpTopic(_ words: ArraySlice<String>, below start: CommandPath) throws(Failure) -> CommandPath {
        var path = start
        for word in words where !word.hasPrefix("-") {
            guard let child = path.child(named: word) else { throw unknownCommand(word, path) }
            path = path.appending(child)
        }
        return path
    }

    private func unknownCommand(_ word: String, _ path: CommandPath) -> Failure {
        let names = path.children.filter { $0.configuration.shouldDisplay }.flatMap { [$0._commandName] + $0.configuration.aliases }
        let hint = Spelling.nearest(to: word, among: names + ["help"]).map { "\(path) \($0)" } ?? "\(path) --help"
        return Failure(.usage, "unknown command \"\(word)\" for \"\(path)\"", hint: hint)
    }

    private func unknownFlag(_ argument: String, _ path: CommandPath) -> Failure {
        let name = String(argument.prefix { $0 != "=" })
        let known = SharedFlags.all.map { "--\($0.long)" } + ["--help"]
        let hint = Spelling.nearest(to: name, among: known).map { "\(path) \($0)" } ?? "\(path) --help"
        return Failure(.usage, "unknown flag \"\(name)\" for \"\(path)\"", hint: hint)
    }
}

/// What a command line asks for.
public enum Route {
    case run(CommandCall)
    case help(CommandPath)
    case version
    /// A completion script of ArgumentParser asks for the values of an argument.
    case completion([String])
}
