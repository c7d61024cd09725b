public import ArgumentParser
import Kernel

/// The flags of commands that change something.
public struct MutationOptions: ParsableArguments, Sendable {
    @Flag(name: [.customShort("n"), .long], help: "Do everything, print the rows and events that would result, then undo it.")
    public var dryRun = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Why: recorded with the change.", valueName: "text"))
    public var reason: String?

    @Option(
        help: ArgumentHelp(
            "Make a repetition harmless: the same key gives the first result again for 24 hours.", valueName: "key"))
    public var idempotencyKey: String?

    public init() {}

    /// What they come to for ``CommandContext/execute(_:_:_:)``.
    public var terms: MutationTerms { MutationTerms(isDryRun: dryRun, reason: reason, idempotencyKey: idempotencyKey) }

    public mutating func validate() throws {
        try ReasonOption.check(reason)
        if idempotencyKey?.containsControls == true {
            throw ValidationError("--idempotency-key must have no control characters")
        }
        if let idempotencyKey, !(1...200).contains(idempotencyKey.utf8.count) {
            throw ValidationError("--idempotency-key must have 1 to 200 bytes")
        }
    }
}

/// The flag of commands that make a change in a transaction of another kind than ``CommandContext/perform(_:_:_:)`` does.
public struct ReasonOption: ParsableArguments, Sendable {
    @Option(parsing: .unconditional, help: ArgumentHelp("Why: recorded with the change.", valueName: "text"))
    public var reason: String?

    public init() {}

    public mutating func validate() throws {
        try Self.check(reason)
    }

    fileprivate static func check(_ reason: String?) throws {
        guard let reason else { return }
        if reason.allSatisfy(\.isWhitespace) {
            throw ValidationError("--reason must not be empty")
        }
        if reason.unicodeScalars.count > 2_000 {
            throw ValidationError("--reason may have 2000 characters at most")
        }
        if reason.containsControls {
            throw ValidationError("--reason must be one line without control characters")
        }
    }
}

/// How a change is to be made.
public struct MutationTerms: Sendable {
    public let isDryRun: Bool
    public let reason: String?
    public let idempotencyKey: String?

    public init(isDryRun: Bool = false, reason: String? = nil, idempotencyKey: String? = nil) {
        self.isDryRun = isDryRun
        self.reason = reason
        self.idempotencyKey = idempotencyKey
    }
}
