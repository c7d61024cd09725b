import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// The statements by which entries are compared with outboxes.
enum CensusQueries {
    static func entries(of source: String, upTo ordinal: Int64) -> Query<(position: Int64, hash: [UInt8])> {
        Query(
            """
            select position, hash from entries where source = \(source) and ordinal >= 1 and ordinal <= \(ordinal)
            order by position, ordinal
            """
        ) { (try $0.get(0), try $0.get(1, as: Bytea.self).bytes) }
    }

    static func entries(of source: String, upTo ordinal: Int64, inBlock number: Int64) -> Query<CensusEntry> {
        let first = EventBlock.first(of: number)
        return Query(
            """
            select position, hash, ordinal, id, time from entries where source = \(source) and ordinal >= 1 and ordinal <= \(ordinal)
                and position >= \(first) and position <= \(first &+ (EventBlock.positions - 1)) order by position, ordinal
            """
        ) { row in
            CensusEntry(
                position: try row.get(0), hash: try row.get(1, as: Bytea.self).bytes, ordinal: try row.get(2), id: try row.get(3),
                time: try row.get(4))
        }
    }
}
