public import ArgumentParser

/// What a result looks like on standard output.
public enum OutputFormat: String, Sendable, Hashable, CaseIterable, ExpressibleByArgument {
    /// Aligned columns for people; free to change between releases.
    case table
    /// One JSON document per command; keys are only ever added.
    case json
    /// One identifier per line, to feed the next command.
    case name

    /// Whether a program reads the result; errors are then written as JSON too.
    public var isMachineReadable: Bool {
        switch self {
        case .table, .name: false
        case .json: true
        }
    }

    public var defaultValueDescription: String { rawValue }
}

/// When to use colours.
public enum ColorChoice: String, Sendable, Hashable, CaseIterable, ExpressibleByArgument {
    /// On a terminal that can show them, unless `NO_COLOR` is set; everywhere when `CLICOLOR_FORCE` is.
    case auto
    case always
    case never

    /// Whether to colour what goes to a stream (no-color.org, bixense.com/clicolors).
    public func usesColor(onTerminal: Bool, environment: [String: String]) -> Bool {
        switch self {
        case .always: return true
        case .never: return false
        case .auto:
            if environment.value(.noColor) != nil { return false }
            if let force = environment.value(.forceColor), force != "0" { return true }
            return onTerminal && environment["TERM"] != "dumb" && environment["CLICOLOR"] != "0"
        }
    }
}
