import ArgumentParser
public import CommandKit
import Kernel
import Outbox
import Postgres
public import Worker

struct WorkerRebaseCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebase", abstract: "Go on with a service whose database was restored or failed over.",
        discussion: """
            The lanes that read a service stop when its database is not the one that they had read: a promoted standby, a backup, a dump in \
            another database or cluster, an upgraded server. This command lets them go on, losing nothing and applying nothing twice. It holds \
            the lanes meanwhile, so stop the workers first. Each line of its answer is a lane: it stays (nothing is to be done), goes on where \
            it stood, or starts anew, having applied what it had left of the old events. --dry-run shows the same and changes nothing.

            Where events are gone that consumers have applied, it refuses until --accept-loss says that this is known: what the consumers did \
            stays done. After a promotion or a physical restore that lost events it also has to be told which events were written since, by \
            --new-from: the rows do not show it. docs/outbox.md, "After a restore", goes through the cases.

            Killed half-way it changes nothing that a second run would not finish. Where lanes start anew it connects as the owner of the \
            tables too, and writes all old rows once.

            Examples:

              saasctl worker rebase billing --dry-run
              saasctl worker rebase billing --reason 'standby promoted, ticket 17'
              saasctl worker rebase billing --accept-loss --new-from none --reason 'restored from backup'
            """)

    @Argument(help: "The service whose database is another one now.")
    var service: ServiceName

    @Option(
        help: ArgumentHelp(
            "The position of the first event that was written since, or none. Needed where events are lost and the rows do not tell.",
            valueName: "position"))
    var newFrom: NewRows?

    @Flag(
        help: """
            Go on although events are lost: ones that the service lost after consumers had applied them, whose effects stay, or ones that an \
            earlier rebase has passed, which a restored consumer never gets.
            """)
    var acceptLoss = false

    @Flag(name: [.customShort("n"), .long], help: "Only show what would be done.")
    var dryRun = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Why: recorded with the change.", valueName: "text"))
    var reason: String?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        if !dryRun { try context.refuseIfReadOnly() }
        guard let databases = context.services as? any WorkerDatabases else { return }
        let profile = try context.services.profile()
        let source = service.name
        let stop = StopSignal()
        let worker = WorkerRun(
            consumers: Registry.consumers.filter { $0.sources.contains(source) }, databases: databases, clock: context.clock, stop: stop,
            statementTimeout: WorkerLimits.standard.statement)
        let terms = RebaseTerms(newRows: newFrom?.rows ?? .unsaid, acceptsLoss: acceptLoss)
        let lanes = try await withTaskCancellationHandler {
            try await Task {
                try await worker.rebase(source, terms) {
                    try await OwnerConnection.open(source, of: profile)
                } approve: { plan in
                    try await approve(plan, context)
                }
            }.value
        } onCancel: {
            stop.request()
        }
        if lanes == nil { context.notice("no lane that reads \"\(source)\" needs a rebase") }
        if lanes != nil, !dryRun { context.noteChange() }
        try context.renderer.list(Page(all: lanes ?? []))
    }

    /// Asks, and writes the decision down in the source.
    private func approve(_ plan: RebasePlan, _ context: CommandContext) async throws -> Int64? {
        if plan.continued != nil { context.notice("this goes on with a rebase that did not come to its end") }
        if dryRun { return nil }
        try context.confirmation.obtain(.moderate, to: question(plan))
        let now = context.clock.now()
        let mutation = try Mutation(of: service.name, parameters: [service.name])
        let outcome = try await context.execute(mutation, MutationTerms(reason: reason)) { session, _ -> Decision<RebaseNote> in
            let id = try plan.record(at: now, in: session)
            let note = RebaseNote(id: id, way: plan.decision.way.rawValue)
            return .accepted(Change(note, rows: [try ChangedRow(.insert, "outbox_rebases", note)], events: []))
        }
        guard case .changed(let note) = outcome else { return nil }
        return note.id
    }

    private func question(_ plan: RebasePlan) -> String {
        let moving = plan.lanes.filter { $0.way == .goesOn || $0.way == .startsAnew }
        let lanes = moving.count == 1 ? "1 lane" : "\(moving.count) lanes"
        var text = "let \(lanes) go on with \"\(service.name)\" as it is now"
        let old = moving.reduce(0) { $0 + $1.applied }
        if plan.decision.way == .startsAnew { text += ", applying \(old) old events and rewriting the old rows" }
        if plan.lost > 0 { text += ", without the events that it has lost" }
        return text
    }
}

/// What is written down of a rebase.
private struct RebaseNote: Renderable {
    static let resourceKind = "Rebase"
    static let fields: [Column<RebaseNote>] = [Column("way") { $0.way }]

    let id: Int64
    let way: String
    var identifier: String { String(id) }
}

/// Which rows were written since a restore.
struct NewRows: ExpressibleByArgument, Sendable {
    let rows: RebaseTerms.NewRows

    init?(argument: String) {
        if argument == "none" {
            rows = .nothing
        } else if let number = Int64(argument), number > 0 {
            rows = .from(number)
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
            Column("way", mayShrink: false) { $0.way.text }, Column("applied", alignment: .trailing) { $0.applied },
            Column("lost", alignment: .trailing) { $0.lost },
        ]
    }

    public var identifier: String { "\(consumer)<\(source)" }
}

extension LaneRebase.Way {
    fileprivate var text: String {
        switch self {
        case .stays: "stays"
        case .goesOn: "goes on"
        case .startsAnew: "starts anew"
        case .needsReplay: "needs replay"
        }
    }
}
