public import Kernel
public import Postgres

/// Answers who did what.
public enum AuditService {
    /// Leaves that one statement looks at, however few of their entries are wanted.
    private static let reach: Int64 = 5_000

    /// One page of entries, newest first.
    public static func query(
        _ filter: AuditFilter, before cursor: PageCursor? = nil, limit: Int, in session: Session
    ) throws -> Page<AuditEntry> {
        let rows = try session.all(AuditQueries.list(filter, before: cursor, limit: limit + 1)).map { try AuditEntry($0) }
        return Page(rows, limit: limit) { PageCursor(time: $0.time, id: $0.id) }
    }

    /// The number of leaves in the tree. Entries that come later get leaves from here on.
    public static func size(in session: Session) throws -> Int64 {
        try session.one(AuditQueries.size())
    }

    /// The last entries of a tree of this size, in the order of its leaves. Looks back in growing steps until it has so many.
    public static func last(_ count: Int, _ filter: AuditFilter, within size: Int64, in session: Session) throws -> [AuditRecord] {
        var found: [AuditRecord] = []
        var (begin, step) = (size, Int64(count))
        while begin > 0, found.count < count {
            let lower = max(0, begin - step)
            var earlier: [AuditRecord] = []
            try read(lower..<begin, filter, in: session) { record in
                earlier.append(record)
                // Only the end of it is wanted, however much of it matches.
                if earlier.count >= 2 * count { earlier.removeFirst(earlier.count - count) }
            }
            found = Array((earlier + found).suffix(count))
            (begin, step) = (lower, min(step * 4, 100_000))
        }
        return found
    }

    /// Reads entries in the order of their leaves, one by one, however many there are.
    ///
    /// - Parameter leaves: what lies beyond the tree is left out.
    /// - Parameter body: may not use the session.
    public static func read(
        _ leaves: Range<Int64>, _ filter: AuditFilter = AuditFilter(), in session: Session, _ body: (AuditRecord) throws -> Void
    ) throws {
        let end = min(leaves.upperBound, try size(in: session))
        var next = leaves.lowerBound
        while next < end {
            let upper = min(end, next + reach)
            try session.stream(AuditQueries.stretch(next..<upper, filter), body)
            next = upper
        }
    }
}
