import ArgumentParser
public import CommandKit
import Kernel
import Outbox
public import Worker

struct WorkerRebaseCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebase", abstract: "Go on with a service whose database was restored or failed over.",
        discussion: """
            The lanes that read a service stop when its database is not the one that they had read: another cluster, an older backup, a promoted \
            standby. This command first lets every consumer apply what it had left, then starts anew in front of the first new event. Stop the \
            workers and, but after a plain dump and restore, the writers first; docs/outbox.md, "After a restore", goes through the cases.

            Killed half-way it changes nothing that a second run would not finish. Connects as the owner of the tables too.

            Example: saasctl worker rebase billing --new-from none --reason 'restored from backup'
            """)

    @Argument(help: "The service whose database is another one now.")
    var service: String

    @Option(
        help: ArgumentHelp(
            "The first position that was written since, or none. Needed where the rows do not tell: after a promotion or a physical restore.",
            valueName: "position"))
    var newFrom: NewRows?

    @Flag(help: "Go on although the service has lost events that consumers have applied; what they did stays.")
    var acceptLoss = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        try context.refuseIfReadOnly()
        let profile = try context.services.profile()
        let source = try context.service(service, flag: "saasctl worker rebase")
        guard let databases = context.services as? any WorkerDatabases else { return }
        let stop = StopSignal()
        let worker = WorkerRun(
            consumers: Registry.consumers.filter { $0.sources.contains(source) }, databases: databases, clock: context.clock, stop: stop)
        let terms = RebaseTerms(newFrom: newFrom?.position, knowsNewRows: newFrom != nil, acceptsLoss: acceptLoss)
        let lanes = try await withTaskCancellationHandler {
            try await Task {
                try await worker.rebase(source, terms) { try await OwnerConnection.open(source, of: profile) }
            }.value
        } onCancel: {
            stop.request()
        }
        if lanes.isEmpty { context.notice("\"\(source)\" is what it was; no lane needs a rebase") } else { context.noteChange() }
        try context.renderer.list(Page(all: lanes))
    }
}

/// Which rows were written since a restore.
struct NewRows: ExpressibleByArgument, Sendable {
    /// The first of them; `nil` for none.
    let position: Int64?

    init?(argument: String) {
        if argument == "none" {
            position = nil
        } else if let number = Int64(argument), number > 0 {
            position = number
        } else {
            return nil
        }
    }
}

extension LaneRebase: Listable {
    public static let resourceKind = "LaneRebase"

    public static var columns: [Column<LaneRebase>] {
        [
            Column("consumer", mayShrink: false) { $0.consumer }, Column("source", mayShrink: false) { $0.source },
            Column("applied", alignment: .trailing) { $0.applied }, Column("lost", alignment: .trailing) { $0.lost },
        ]
    }

    public var identifier: String { "\(consumer)<\(source)" }
}
