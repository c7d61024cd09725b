import CommandKit
import Kernel
import Outbox
import Worker

/// A look at all lanes as commands show it: the lanes, and for people the open writers below them.
struct StatusView {
    private let status: WorkerStatus
    private let showsRate: Bool

    /// - Parameter showsRate: only where there was a look before this one to compare with.
    init(_ status: WorkerStatus, showsRate: Bool) {
        self.status = status
        self.showsRate = showsRate
    }

    func show(_ renderer: Renderer, _ output: OutputFormat, _ io: any TerminalIO) throws {
        if showsRate && output == .table {
            try renderer.list(Page(all: status.lanes.map(MovingLane.init)))
        } else {
            try renderer.list(Page(all: status.lanes))
        }
        let writers = status.writers
        guard output == .table, !writers.isEmpty else { return }
        try io.write("\n")
        try renderer.list(Page(all: writers))
    }
}

extension WorkerStatus {
    /// By source, each source once.
    var writers: [SourceWriter] {
        let known = Dictionary(lanes.compactMap { lane in lane.oldestWriter.map { (lane.source, $0) } }) { first, _ in first }
        return known.map { SourceWriter(source: $0, writer: $1) }.sorted { $0.source < $1.source }
    }

    /// Whether there is a writer whose begin the role may not see.
    var hidesAges: Bool { lanes.contains { $0.oldestWriter.map { $0.ageMs == nil } ?? false } }
}

/// The oldest open writer of a source's server.
struct SourceWriter: Listable {
    let source: String
    let writer: OpenWriter

    static let resourceKind = "OpenWriter"

    static let columns: [Column<SourceWriter>] = [
        Column("source", mayShrink: false) { $0.source },
        Column("oldest writer") { row in row.writer.pid.map { "pid \($0)" } ?? "prepared \(row.writer.prepared ?? "")" },
        Column("age", alignment: .trailing, mayShrink: false) { row in
            row.writer.ageMs.map { DurationText.text(.milliseconds($0)) } ?? "hidden"
        },
        Column("database") { $0.writer.database }, Column("role") { $0.writer.role }, Column("application") { $0.writer.application },
    ]

    var identifier: String { source }
}

/// A lane with the rate since the look before.
struct MovingLane: Listable {
    let lane: LaneStatus

    static let resourceKind = LaneStatus.resourceKind
    static let columns: [Column<MovingLane>] = LaneStatus.columns(
        with: Column("events/s", alignment: .trailing) { $0.lane.eventsPerSecond }
    ) {
        $0.lane
    }

    var identifier: String { lane.name }
}
