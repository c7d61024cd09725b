import ArgumentParser
import Audit
import CommandKit

struct AuditQuery: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Show entries of the audit log, newest first.",
        discussion: """
            All conditions must hold. An event reaches the log with the next run of the worker. What somebody gave as --reason is asked of the service \
            that keeps it.

            Example: saasctl audit query --org acme --since 2026-11-01 -o json
            """)

    @OptionGroup var conditions: AuditConditions
    @OptionGroup var period: AuditPeriod
    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        var filter = try await conditions.filter(context)
        period.narrow(&filter)
        try await context.list(paging) { [filter] cursor, limit in
            let page = try await context.read("audit") { try AuditService.query(filter, before: cursor, limit: limit, in: $0) }
            return try await context.reasoned(page)
        }
    }
}
