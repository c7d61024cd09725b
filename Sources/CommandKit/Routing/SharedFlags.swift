/// What the router must know about the flags that may stand before the subcommand: those of ``GlobalOptions`` and ``MutationOptions``.
///
/// A table, because asking ArgumentParser would cost every start of the program a walk through its reflection; a test compares the two.
public enum SharedFlags {
    struct Flag: Hashable {
        let long: String
        let short: Character?
        let takesValue: Bool

        init(_ long: String, _ short: Character? = nil, takesValue: Bool = false) {
            self.long = long
            self.short = short
            self.takesValue = takesValue
        }
    }

    static let all: [Flag] = [
        Flag("profile", "P", takesValue: true), Flag("org", takesValue: true), Flag("output", "o", takesValue: true), Flag("no-headers"),
        Flag("color", takesValue: true), Flag("quiet", "q"), Flag("verbose", "v"), Flag("debug"), Flag("yes", "y"), Flag("no-input"),
        Flag("timeout", takesValue: true), Flag("correlation-id", takesValue: true), Flag("as", takesValue: true), Flag("read-only"),
        Flag("dry-run", "n"), Flag("reason", takesValue: true), Flag("idempotency-key", takesValue: true),
    ]

    /// As they are typed: `--profile`.
    public static var longNames: [String] { all.map { "--\($0.long)" } }

    /// The shared flags with values in a command line that nobody has parsed yet, by their long names; of several the last.
    static func values(in arguments: [String]) -> [String: String] {
        var values: [String: String] = [:]
        for flag in given(in: arguments) {
            let parts = flag.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { values[String(parts[0].dropFirst(2))] = String(parts[1]) }
        }
        return values
    }

    /// The shared flags of a command line that nobody has parsed yet, in their order, each in one word: `--org=acme`.
    static func given(in arguments: [String]) -> [String] {
        var given: [String] = []
        var rest = arguments.prefix { $0 != "--" }
        while !rest.isEmpty {
            guard case .flags(let flags, let consumed) = read(rest) else {
                rest.removeFirst()
                continue
            }
            given += flags
            rest.removeFirst(consumed)
        }
        return given
    }

    /// A command line with flags that hold where it does not say otherwise: they stand before its own, of which the last counts.
    ///
    /// - Parameter defaults: as ``given(in:)`` returns them.
    static func line(_ arguments: [String], defaults: [String]) -> [String] {
        guard !defaults.isEmpty else { return arguments }
        let opposites = ["--verbose": "--quiet", "--quiet": "--verbose"]
        let overruled = given(in: arguments).compactMap { opposites[$0] }
        return defaults.filter { !overruled.contains($0) } + arguments
    }

    /// Reads one shared flag, or a cluster of short ones, at the front of the arguments.
    enum Reading: Equatable {
        /// Written out so that no value can be taken for a flag: `--org=acme`.
        case flags([String], consumed: Int)
        case missingValue(flag: String)
        case other
    }

    static func read(_ arguments: ArraySlice<String>) -> Reading {
        guard let argument = arguments.first, argument.hasPrefix("-"), argument.count > 1 else { return .other }
        let next = arguments.dropFirst().first
        return argument.hasPrefix("--") ? readLong(argument, next: next) : readCluster(argument.dropFirst(), next: next)
    }

    private static func readLong(_ argument: String, next: String?) -> Reading {
        let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let flag = all.first(where: { $0.long == parts[0] }) else { return .other }
        // A value behind a flag that takes none is left to the parser, which has words for it.
        if parts.count == 2 || !flag.takesValue { return .flags([argument], consumed: 1) }
        guard let next else { return .missingValue(flag: "--\(flag.long)") }
        return .flags(["--\(flag.long)=\(next)"], consumed: 2)
    }

    private static func readCluster(_ letters: Substring, next: String?) -> Reading {
        var flags: [String] = []
        var rest = letters
        while let letter = rest.popFirst() {
            guard let flag = all.first(where: { $0.short == letter }) else { return .other }
            guard flag.takesValue else {
                flags.append("--\(flag.long)")
                continue
            }
            if !rest.isEmpty {
                flags.append("--\(flag.long)=\(rest.first == "=" ? rest.dropFirst() : rest)")
                return .flags(flags, consumed: 1)
            }
            guard let next else { return .missingValue(flag: "-\(letter)") }
            flags.append("--\(flag.long)=\(next)")
            return .flags(flags, consumed: 2)
        }
        return .flags(flags, consumed: 1)
    }
}
