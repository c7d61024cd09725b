public import ArgumentParser
public import FoundationEssentials
import Kernel

/// The flags that every command understands, before or behind the subcommand.
///
/// What a flag does not say may come from the environment or the profile: read such values through the functions of
/// `GlobalOptions+Environment.swift`, not from the properties.
public struct GlobalOptions: ParsableArguments, Sendable {
    @Option(
        name: [.customShort("P", allowingJoined: true), .long],
        help: ArgumentHelp("Use the databases and rules of this profile (or SAASCTL_PROFILE).", valueName: "name"))
    public var profile: String?

    @Option(help: ArgumentHelp("Work on this organization: id or slug (or SAASCTL_ORG).", valueName: "organization"))
    public var org: String?

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: ArgumentHelp("Print results in this format (or SAASCTL_OUTPUT; otherwise table).", valueName: "format"))
    public var output: OutputFormat?

    @Flag(name: .customLong("no-headers"), help: "Leave out the header line of tables.")
    public var noHeaders = false

    @Option(help: ArgumentHelp("Use colours; NO_COLOR and CLICOLOR_FORCE are respected.", valueName: "when"))
    public var color: ColorChoice = .auto

    @Flag(name: .shortAndLong, help: "Print no notices on standard error, errors only.")
    public var quiet = false

    @Flag(name: .shortAndLong, help: "Tell on standard error what is being done.")
    public var verbose = false

    @Flag(help: "Show all that is known about an error, statements and sources included.")
    public var debug = false

    @Flag(name: .shortAndLong, help: "Answer yes to questions that only ask yes or no.")
    public var yes = false

    @Flag(name: .customLong("no-input"), help: "Never ask; fail where an answer is needed (or SAASCTL_NO_INPUT=1).")
    public var noInput = false

    @Option(
        help: ArgumentHelp("Give up after this time: 500ms, 30s, 5m, 2h, 1d (or SAASCTL_TIMEOUT).", valueName: "duration"),
        transform: { try DurationText.parse($0) })
    public var timeout: Duration?

    @Option(
        name: .customLong("correlation-id"),
        help: ArgumentHelp("Make this command part of a story that has this id; a new id otherwise.", valueName: "uuid"),
        transform: { try UUIDText.parse($0) })
    public var correlationId: UUID?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("Act as this user, with the rights of that user only; refused where users have none.", valueName: "user"))
    public var actAs: String?

    @Flag(name: .customLong("read-only"), help: "Refuse every command that would change something (or SAASCTL_READ_ONLY=1).")
    public var readOnly = false

    public init() {}

    public mutating func validate() throws {
        if quiet && verbose {
            throw ValidationError("--quiet and --verbose exclude each other")
        }
    }
}
