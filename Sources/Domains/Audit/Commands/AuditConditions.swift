import ArgumentParser
import Audit
import CommandKit
import FoundationEssentials
import Kernel

/// The flags that say which entries are meant; all must hold.
struct AuditConditions: ParsableArguments, Sendable {
    @Option(help: ArgumentHelp("Only what belongs to the story of this id.", valueName: "uuid"), transform: { try UUIDText.parse($0) })
    var correlation: UUID?

    @Option(help: ArgumentHelp("Only what happened to this object.", valueName: "uuid"), transform: { try UUIDText.parse($0) })
    var subject: UUID?

    @Option(
        help: ArgumentHelp("Only what this actor did: operator:NAME, user:UUID or service:NAME.", valueName: "actor"),
        transform: { text in
            guard let actor = Actor(text) else { throw ValidationError("expected operator:NAME, user:UUID or service:NAME") }
            return actor
        })
    var actor: Actor?

    @Option(
        help: ArgumentHelp("Only this type: saas.organization.created, with or without its version.", valueName: "type"),
        transform: { try EventTypeText.parse($0) })
    var type: String?

    @Option(help: ArgumentHelp("Only events of this service.", valueName: "service"))
    var source: String?

    /// With the organization of `--org`.
    ///
    /// - Throws: `Failure` with `USAGE` for a service that there is not; the directory's error for an unknown slug.
    func filter(_ context: CommandContext) async throws -> AuditFilter {
        var filter = AuditFilter()
        filter.source = try source.map { try context.service($0, flag: "--source") }
        filter.organizationId = try await context.organizationIfGiven()
        filter.correlationId = correlation
        filter.subject = subject
        filter.actor = actor?.description
        filter.type = type
        return filter
    }
}

/// The flags that say from when entries are, as their events have it.
struct AuditPeriod: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp("From this time on (RFC 3339, or a date, which is midnight UTC).", valueName: "time"),
        transform: { try TimestampText.parse($0) })
    var since: Timestamp?

    @Option(help: ArgumentHelp("Up to but without this time.", valueName: "time"), transform: { try TimestampText.parse($0) })
    var until: Timestamp?

    func narrow(_ filter: inout AuditFilter) {
        filter.since = since
        filter.until = until
    }
}
