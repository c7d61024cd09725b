import ArgumentParser
public import CommandKit
import FoundationEssentials
import Kernel
import Outbox
public import Worker

struct WorkerStatusCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how far each lane is.",
        discussion: """
            A lane is one consumer reading the events of one service; behind 0 means that it has applied them all. Exits 69 where a database \
            cannot be asked.
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        _ = try context.services.profile()
        guard let databases = context.services as? any WorkerDatabases else { return }
        let worker = WorkerRun(consumers: Registry.consumers, databases: databases, clock: context.clock)
        let lanes = await worker.status()
        try context.renderer.list(Page(all: lanes))
        if let broken = lanes.first(where: { $0.state == .unavailable }) {
            throw Failure(.databaseUnavailable, "\(broken.consumer)<\(broken.source) cannot be asked: \(broken.error ?? "no answer")")
        }
    }
}

extension LaneStatus: Listable {
    public static let resourceKind = "Lane"

    public static var columns: [Column<LaneStatus>] {
        [
            Column("consumer", mayShrink: false) { $0.consumer }, Column("source", mayShrink: false) { $0.source },
            Column("state") { $0.state.rawValue }, Column("behind", alignment: .trailing) { $0.behind }, Column("oldest") { $0.oldest },
            Column("applied", alignment: .trailing) { $0.applied }, Column("locked by") { $0.lockedBy },
        ]
    }

    public var identifier: String { "\(consumer)<\(source)" }
}
