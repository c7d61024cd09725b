import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Migrations

struct DatabaseStatus: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how far each database's schema is.",
        discussion: "Changes nothing. Exits 8 where a migration is pending or a schema does not suit this saasctl.")

    @OptionGroup var selection: ServiceSelection
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let profile = try context.services.profile()
        var levels: [DatabaseLevel] = []
        for service in selection.services {
            let runner = MigrationRunner(service: service, clock: context.clock)
            levels.append(DatabaseLevel(try await OwnerConnection.with(service, of: profile) { try await runner.status($0) }))
        }
        try context.renderer.list(Page(all: levels))
        if levels.contains(where: { $0.state != .current }) { throw SilentExit(.pending) }
    }
}

/// How far one database is.
struct DatabaseLevel: Listable {
    enum State: String, Codable, Sendable {
        case current, pending, drifted, newer
    }

    let service: String
    let state: State
    let applied: Int
    let pending: Int
    let drifted: Int
    /// Migrations that this binary does not know.
    let unknown: Int

    init(_ status: SchemaStatus) {
        service = status.service
        applied = status.applied.count
        pending = status.pending.count
        drifted = status.drifted.count
        unknown = status.unknown.count
        state = drifted > 0 ? .drifted : unknown > 0 ? .newer : pending > 0 ? .pending : .current
    }

    static let resourceKind = "DatabaseStatus"

    static var columns: [Column<DatabaseLevel>] {
        [
            Column("service", mayShrink: false) { $0.service }, Column("state") { $0.state.rawValue },
            Column("applied", alignment: .trailing) { $0.applied }, Column("pending", alignment: .trailing) { $0.pending },
            Column("drifted", alignment: .trailing) { $0.drifted }, Column("unknown", alignment: .trailing) { $0.unknown },
        ]
    }

    var identifier: String { service }
}
