import FoundationEssentials
public import Kernel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How a run of the worker ended for one consumer: what its database keeps of the last one.
public struct RunRecord: Sendable, Codable, Hashable {
    /// How the run ended for one of the consumer's lanes.
    public struct Lane: Sendable, Codable, Hashable {
        public let source: String
        /// As `LaneReport.Outcome.name` has it.
        public let outcome: String
        public let events: Int
        public let errorCode: String?
        public let error: String?

        /// Whether it stands until somebody acts.
        public var isStopped: Bool { outcome == "stopped" }
    }

    public let consumer: String
    public let startedAt: Timestamp
    public let endedAt: Timestamp
    /// The worst that happened to one of the lanes.
    public let outcome: String
    /// Null where nothing stood in the way.
    public let errorCode: String?
    public let error: String?
    /// When a run last ended with nothing in the way; kept by the database over later ones.
    public let succeededAt: Timestamp?
    public let events: Int
    public let lanes: [Lane]
    public let host: String
    public let pid: Int32
    /// Of the program that ran.
    public let version: String

    /// Whether nothing stood in the way. A run that ended because its time was up has ended well: the next one goes on.
    public var endedWell: Bool { errorCode == nil }
}

extension RunRecord {
    /// The records of a run, one for each consumer that there is something to say about.
    ///
    /// A consumer one of whose lanes another run held gets none: only the run that ends with all of them knows how the consumer is. A
    /// failure is recorded in any case.
    ///
    /// - Parameter shares: workers that go on hold their lanes all the time, so two that share them are both right about the consumer. Only
    ///   one that has none of its lanes says nothing.
    static func records(of report: WorkerReport, from startedAt: Timestamp, to endedAt: Timestamp, shares: Bool = false) -> [RunRecord] {
        let host = hostName()
        return Dictionary(grouping: report.lanes, by: \.consumer).values.compactMap { lanes -> RunRecord? in
            let failing = WorkerReport(lanes: lanes, passes: report.passes).failure
            let locked = lanes.count { $0.outcome.isLocked }
            if failing == nil, shares ? locked == lanes.count : locked > 0 { return nil }
            guard let first = lanes.first(where: { !$0.outcome.isLocked }) ?? lanes.first else { return nil }
            let telling =
                lanes.first { lane in
                    guard let failing else { return lane.outcome.name == "interrupted" }
                    return WorkerReport(lanes: [lane], passes: 1).failure?.code == failing.code
                } ?? first
            return RunRecord(
                consumer: first.consumer, startedAt: startedAt, endedAt: endedAt, outcome: telling.outcome.name,
                errorCode: failing?.code.name, error: failing.map { "\(telling.name): \($0.message)" },
                succeededAt: failing == nil ? endedAt : nil, events: lanes.reduce(0) { $0 + $1.events }, lanes: lanes.map(Lane.init),
                host: host, pid: getpid(), version: SaasctlVersion.current.description)
        }.sorted { $0.consumer < $1.consumer }
    }

    /// What gethostname(2) says.
    private static func hostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension RunRecord.Lane {
    init(_ report: LaneReport) {
        self.init(
            source: report.source, outcome: report.outcome.name, events: report.events, errorCode: report.outcome.failure?.code.name,
            error: report.outcome.failure?.message)
    }
}

extension LaneReport.Outcome {
    /// Whether another run had the lane.
    public var isLocked: Bool {
        if case .locked = self { true } else { false }
    }
}
