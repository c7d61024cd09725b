import ArgumentParser
public import Kernel

/// A leaf of the command tree and the arguments for it, not parsed yet.
public struct CommandCall {
    public let path: CommandPath
    /// What the leaf is to parse: the flags that stood before it, then all that followed.
    public let arguments: [String]

    /// The value of `--profile`, as far as it can be told before parsing.
    public var profile: String? { SharedFlags.values(in: arguments)["profile"] }

    /// What parsing came to.
    public enum Parsed {
        case command(any SaasctlCommand)
        case help
        /// Text for standard output, in answer to one of the parser's own flags.
        case text(String)
    }

    /// - Throws: `Failure`, with `USAGE` unless the command's `validate()` throws another.
    public func parse() throws(Failure) -> Parsed {
        let leaf = path.last
        do {
            let parsed = try leaf.parseAsRoot(arguments)
            if let command = parsed as? any SaasctlCommand { return .command(command) }
            return .help
        } catch {
            if leaf.exitCode(for: error).isSuccess { return .text(leaf.message(for: error)) }
            throw UsageDiagnosis(call: self).failure(for: error)
        }
    }

    /// For records: the command's words and the names of its flags, without any value.
    public var invocation: Invocation {
        var names: Set<String> = []
        for argument in arguments.prefix(while: { $0 != "--" }) where argument.hasPrefix("-") {
            if case .flags(let flags, _) = SharedFlags.read([argument]) {
                names.formUnion(flags.map(Self.name))
            } else if argument.hasPrefix("--") {
                names.insert(Self.name(argument))
            } else if let letter = argument.dropFirst().first, letter.isLetter {
                // Behind the first letter there may be a value.
                names.insert(SharedFlags.all.first { $0.short == letter }.map { "--\($0.long)" } ?? "-\(letter)")
            }
        }
        return Invocation(words: path.words, flags: names.sorted())
    }

    private static func name(_ argument: String) -> String {
        String(argument.prefix { $0 != "=" })
    }
}
