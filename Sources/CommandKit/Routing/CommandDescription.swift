public import ArgumentParser
import FoundationEssentials

/// What ArgumentParser knows about a command: the part of its dumped help (`--experimental-dump-help`, version 0) that is used here, for
/// completion, manual pages and the diagnosis of errors. Making it takes milliseconds: not for the path of every command.
public struct CommandDescription: Decodable, Sendable, Hashable {
    public let commandName: String
    public let abstract: String?
    public let discussion: String?
    public let shouldDisplay: Bool?
    public let aliases: [String]?
    public let defaultSubcommand: String?
    public let subcommands: [CommandDescription]?
    public let arguments: [ArgumentDescription]?

    /// The description of a command and all below it, or of a group of options.
    ///
    /// - Throws: `DecodingError` where ArgumentParser dumps something else than expected.
    public init(of command: any ParsableArguments.Type) throws {
        struct Dump: Decodable {
            let command: CommandDescription
        }
        self = try JSONDecoder().decode(Dump.self, from: Data(command._dumpHelp().utf8)).command
    }

    /// The subcommands that help shows, without ArgumentParser's own `help`.
    public var visibleSubcommands: [CommandDescription] {
        (subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
    }

    public var visibleArguments: [ArgumentDescription] {
        (arguments ?? []).filter(\.shouldDisplay)
    }
}

/// One argument, option or flag of a command.
public struct ArgumentDescription: Decodable, Sendable, Hashable {
    public enum Kind: String, Decodable, Sendable {
        case positional, option, flag
    }

    public struct Name: Decodable, Sendable, Hashable {
        public enum Kind: String, Decodable, Sendable {
            case long, short, longWithSingleDash
        }

        public let kind: Kind
        public let name: String

        /// With its dashes.
        public var text: String { kind == .long ? "--\(name)" : "-\(name)" }
    }

    public let kind: Kind
    public let shouldDisplay: Bool
    public let sectionTitle: String?
    public let isOptional: Bool
    public let isRepeating: Bool
    public let parsingStrategy: String
    public let names: [Name]?
    public let valueName: String?
    public let defaultValue: String?
    public let allValues: [String]?
    private let completionKind: CompletionKind?
    public let abstract: String?
    public let discussion: String?

    /// Only the kinds that are asked for here.
    private struct CompletionKind: Decodable, Sendable, Hashable {
        struct Empty: Decodable, Sendable, Hashable {}
        let file: Empty?
        let directory: Empty?
    }

    /// Whether it is ArgumentParser's own `--version`, which it lists everywhere and to which only the root answers. An option of that name is a
    /// command's own.
    public var asksForVersion: Bool { kind == .flag && names?.contains { $0.text == "--version" } == true }

    /// Whether the value is the path of a file or a folder.
    public var takesFile: Bool { completionKind?.file != nil || completionKind?.directory != nil }
}
