public import FoundationEssentials

/// One way in which the log is not what was written.
public struct AuditFinding: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// An entry is not what its hash was taken over.
        case entryAltered = "entry_altered"
        /// There is a leaf, and the entry that it was made of is gone.
        case entryMissing = "entry_missing"
        /// An entry lies where the log has none: it was put there.
        case entryStray = "entry_stray"
        /// A leaf is not that of its entry: one of the two was exchanged.
        case leafAltered = "leaf_altered"
        /// Leaves are gone, or entries have none although later ones do.
        case leafMissing = "leaf_missing"
        /// A stored head does not fit the leaves.
        case headAltered = "head_altered"
        /// There are leaves and no head that has them.
        case headMissing = "head_missing"
        /// A kept head has more leaves than the log.
        case cutOff = "cut_off"
        /// The log is not the continuation of a kept head.
        case headContradicted = "head_contradicted"
        /// An event that the lane of the log has passed has no entry.
        case eventMissing = "event_missing"
        /// No outbox has, or had, the event of an entry.
        case eventUnknown = "event_unknown"
        /// An event has more than one entry.
        case eventTwice = "event_twice"
        /// The log has another hash than the outbox.
        case eventDiffers = "event_differs"
        /// The log does not have what was dropped with a partition.
        case partitionDiffers = "partition_differs"
        /// The outbox is not the one that the log has read.
        case sourceReplaced = "source_replaced"
    }

    public let kind: Kind
    /// For people.
    public let message: String
    public let leaf: Int64?
    public let source: String?
    /// The entry's number among those of its source.
    public let ordinal: Int64?
    public let position: Int64?
    public let id: UUID?

    init(
        _ kind: Kind, _ message: String, leaf: Int64? = nil, source: String? = nil, ordinal: Int64? = nil, position: Int64? = nil,
        id: UUID? = nil
    ) {
        self.kind = kind
        self.message = message
        self.leaf = leaf
        self.source = source
        self.ordinal = ordinal
        self.position = position
        self.id = id
    }
}

/// What was found: the first findings, and how many there are.
public struct AuditFindings: Sendable, Hashable {
    /// As many as somebody reads.
    private static let kept = 100

    public private(set) var first: [AuditFinding] = []
    public private(set) var count = 0

    init() {}

    mutating func add(_ finding: AuditFinding) {
        count += 1
        if first.count < Self.kept { first.append(finding) }
    }

    mutating func add(_ others: AuditFindings) {
        first = Array((first + others.first).prefix(Self.kept))
        count += others.count
    }
}
