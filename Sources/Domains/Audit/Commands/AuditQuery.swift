import ArgumentParser
import Audit
import CommandKit
import FoundationEssentials
import Kernel

struct AuditQuery: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Show entries of the audit log, newest first.",
        discussion: """
            All conditions must hold. An event reaches the log with the next run of the worker.

            Example: saasctl audit query --org acme --since 2026-11-01 -o json
            """)

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

    @Option(help: ArgumentHelp("Only this type: saas.organization.created, with or without its version.", valueName: "type"))
    var type: String?

    @Option(help: ArgumentHelp("Only events of this service.", valueName: "service"))
    var source: String?

    @Option(
        help: ArgumentHelp("From this time on (RFC 3339, or a date, which is midnight UTC).", valueName: "time"),
        transform: { try TimestampText.parse($0) })
    var since: Timestamp?

    @Option(help: ArgumentHelp("Up to but without this time.", valueName: "time"), transform: { try TimestampText.parse($0) })
    var until: Timestamp?

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let source = try source.map { try context.service($0, flag: "--source") }
        var filter = AuditFilter()
        filter.organizationId = try await context.organizationIfGiven()
        filter.correlationId = correlation
        filter.subject = subject
        filter.actor = actor?.description
        filter.type = type
        filter.source = source
        filter.since = since
        filter.until = until
        try await context.list(paging) { [filter] cursor, limit in
            try await context.read("audit") { try AuditService.query(filter, before: cursor, limit: limit, in: $0) }
        }
    }
}
