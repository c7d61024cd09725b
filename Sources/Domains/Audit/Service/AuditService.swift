public import Kernel
public import Postgres

/// Answers who did what.
public enum AuditService {
    /// One page of entries, newest first.
    public static func query(
        _ filter: AuditFilter, before cursor: PageCursor? = nil, limit: Int, in session: Session
    ) throws -> Page<AuditEntry> {
        let rows = try session.all(AuditQueries.list(filter, before: cursor, limit: limit + 1))
        return Page(rows, limit: limit) { PageCursor(time: $0.time, id: $0.id) }
    }
}
