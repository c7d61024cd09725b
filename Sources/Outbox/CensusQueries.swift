import Kernel
import Postgres

/// The statements behind ``OutboxCensus``.
enum CensusQueries {
    static func drops() -> Query<DroppedPartition> {
        Query("select name, lower, upper, events, hash from outbox_drops order by lower") { row in
            let (lower, upper): (Int64, Int64) = (try row.get(1), try row.get(2))
            return DroppedPartition(
                name: try row.get(0), positions: lower..<max(lower, upper), events: try row.get(3),
                hash: try row.get(4, as: Bytea.self).bytes)
        }
    }

    static func rebases() -> Query<RebaseTrace> {
        Query("select last_position, decided_at from outbox_rebases order by id") {
            RebaseTrace(lastPosition: try $0.get(0), decidedAt: try $0.get(1))
        }
    }

    private static func event(_ row: Row) throws -> (position: Int64, hash: [UInt8]) {
        (try row.get(0), try row.get(1, as: Bytea.self).bytes)
    }

    static func passed(by checkpoint: LaneCheckpoint) -> Query<(position: Int64, hash: [UInt8])> {
        Query("select position, hash from outbox where \(fragment: StretchQueries.passed(by: checkpoint)) order by position", event)
    }

    static func events(inBlock number: Int64, passedBy checkpoint: LaneCheckpoint) -> Query<(position: Int64, hash: [UInt8])> {
        let first = EventBlock.first(of: number)
        return Query(
            """
            select position, hash from outbox where position >= \(first) and position <= \(first &+ (EventBlock.positions - 1))
                and \(fragment: StretchQueries.passed(by: checkpoint)) order by position
            """, event)
    }
}
