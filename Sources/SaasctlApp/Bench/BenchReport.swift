import Bench
import CommandKit
import Kernel

/// What a benchmark has measured: every turn, and what they come to for each contender.
struct BenchReport: Renderable {
    struct Summary: Codable, Sendable {
        let contender: String
        /// The median of the rounds; with --follow what was asked for.
        let eventsPerSecond: Double?
        /// The same of the events alone that waited in the beginning, without what consumers have published since.
        let waitingEventsPerSecond: Double?
        /// What a consumer was given from its second chunk on, which leaves out connecting and the first use of everything; `nil` for a contender that does
        /// not tell.
        let warmEventsPerSecond: Double?
        /// How much of this contender's rate the worker reaches: the median of the ratios of each round. `nil` for the worker itself.
        let workerRatio: Double?
        /// From commit to effect in microseconds: the medians of the rounds.
        let p50: Int64?
        let p99: Int64?
        /// How much longer the worker takes than this contender: medians of the ratios of each round.
        let workerP50Ratio: Double?
        let workerP99Ratio: Double?
        /// The last round's rate in relation to the first one's.
        let lastToFirst: Double?
        /// The highest of all rounds.
        let peakMemoryKib: Int?
        /// Processor time in microseconds for each event: the process's own, and the server's.
        let processUsPerEvent: Double?
        let serverUsPerEvent: Double?
    }

    let lane: BenchLane
    let follow: Bool
    /// Commits in a second with --follow.
    let rate: Int?
    let holdsTransaction: Bool
    let server: String
    let summaries: [Summary]
    let turns: [BenchTurn]

    /// What the worker is called among its contenders.
    static let ownName = "saasctl"

    static let resourceKind = "WorkerBench"
    static let fields: [Column<BenchReport>] = []
    var identifier: String { lane.rawValue }

    init(lane: BenchLane, follow: Bool, rate: Int?, holdsTransaction: Bool, server: String, turns: [BenchTurn]) {
        self.lane = lane
        self.follow = follow
        self.rate = rate
        self.holdsTransaction = holdsTransaction
        self.server = server
        self.turns = turns
        var names: [String] = []
        for turn in turns where !names.contains(turn.contender) { names.append(turn.contender) }
        // The worker first, whoever had the first turn.
        names = names.filter { $0 == Self.ownName } + names.filter { $0 != Self.ownName }
        let own = turns.filter { $0.contender == Self.ownName }
        summaries = names.map { name in Self.summary(name, turns.filter { $0.contender == name }, worker: own, follow: follow) }
    }

    private static func summary(_ name: String, _ turns: [BenchTurn], worker: [BenchTurn], follow: Bool) -> Summary {
        func ratios(_ value: (BenchTurn) -> Double?) -> Double? {
            guard name != ownName else { return nil }
            return median(
                turns.compactMap { turn in
                    guard let theirs = value(turn), theirs > 0, let ours = worker.first(where: { $0.round == turn.round }).flatMap(value)
                    else { return nil }
                    return ours / theirs
                })
        }
        func perEvent(_ value: (BenchTurn) -> Int64?) -> Double? {
            median(turns.compactMap { turn in turn.sourceEvents > 0 ? value(turn).map { Double($0) / Double(turn.sourceEvents) } : nil })
        }
        let rates = turns.map(\.eventsPerSecond)
        return Summary(
            contender: name, eventsPerSecond: follow ? nil : median(rates),
            waitingEventsPerSecond: follow ? nil : median(turns.map(\.waitingEventsPerSecond)),
            warmEventsPerSecond: follow ? nil : median(turns.compactMap(\.warmEventsPerSecond)),
            workerRatio: follow ? nil : ratios(\.eventsPerSecond),
            p50: median(turns.compactMap { $0.latency.map { Double($0.p50) } }).map { Int64($0) },
            p99: median(turns.compactMap { $0.latency.map { Double($0.p99) } }).map { Int64($0) },
            workerP50Ratio: ratios { $0.latency.map { Double($0.p50) } }, workerP99Ratio: ratios { $0.latency.map { Double($0.p99) } },
            lastToFirst: !follow && rates.count > 1 ? rates.last.flatMap { last in rates.first.map { last / $0 } } : nil,
            peakMemoryKib: turns.compactMap(\.peakMemoryKib).max(),
            processUsPerEvent: perEvent(\.processUs),
            serverUsPerEvent: perEvent(\.serverUs))
    }

    static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
