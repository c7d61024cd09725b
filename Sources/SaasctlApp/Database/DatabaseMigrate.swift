import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Migrations

struct DatabaseMigrate: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Run the migrations that are pending.",
        discussion: """
            Connects as the owner of the tables. Each migration commits by itself, together with the row that records it; two runs at once \
            wait for each other.
            """)

    @OptionGroup var selection: ServiceSelection

    @Flag(name: [.customShort("n"), .long], help: "Only show what would run.")
    var dryRun = false

    @Flag(help: "Print the SQL that would run instead of running it.")
    var sql = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if dryRun && sql { throw ValidationError("--dry-run and --sql exclude each other") }
    }

    func run(_ context: CommandContext) async throws {
        let profile = try context.services.profile()
        if !dryRun && !sql { try context.refuseIfReadOnly() }
        var applied: [AppliedMigration] = []
        for service in selection.services {
            let runner = MigrationRunner(service: service, clock: context.clock)
            if sql {
                try context.io.write(try await OwnerConnection.with(service, of: profile) { try await runner.sql($0) })
                continue
            }
            let dryRun = dryRun
            let report = try await OwnerConnection.with(service, of: profile) { try await runner.migrate($0, dryRun: dryRun) }
            applied += report.steps.map { AppliedMigration(service: service, step: $0, dryRun: dryRun) }
        }
        if !dryRun && !applied.isEmpty { context.noteChange() }
        if !sql { try context.renderer.list(Page(all: applied)) }
    }
}

/// One migration that ran, or would run.
struct AppliedMigration: Listable {
    let service: String
    let component: String
    let number: Int
    let name: String
    let durationMs: Int?
    let dryRun: Bool

    init(service: String, step: MigrationStep, dryRun: Bool) {
        self.service = service
        component = step.component
        number = step.number
        name = step.name
        durationMs = step.durationMs
        self.dryRun = dryRun
    }

    static let resourceKind = "Migration"

    static var columns: [Column<AppliedMigration>] {
        [
            Column("service", mayShrink: false) { $0.service }, Column("component") { $0.component },
            Column("number", alignment: .trailing) { $0.number }, Column("name") { $0.name },
            Column("result") { $0.dryRun ? "would run" : "applied" },
            Column("ms", alignment: .trailing) { $0.durationMs },
        ]
    }

    var identifier: String { "\(component)/\(number)" }
}
