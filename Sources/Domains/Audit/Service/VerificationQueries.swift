import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// The statements by which the log is verified. They believe nothing that a constraint says: whoever alters rows may have dropped it.
enum VerificationQueries {
    private static func head(_ row: Row) throws -> TreeWalk.Head {
        TreeWalk.Head(
            size: try row.get(0), root: try row.get(1, as: Bytea.self).bytes, frontier: try row.get(2, as: [Bytea].self).map(\.bytes))
    }

    static func newestHead() -> Query<TreeWalk.Head> {
        Query("select size, root, frontier from tree_heads order by size desc limit 1", head)
    }

    static func heads(above size: Int64, upTo last: Int64) -> Query<TreeWalk.Head> {
        Query("select size, root, frontier from tree_heads where size > \(size) and size <= \(last) order by size", head)
    }

    static func root(ofSize size: Int64) -> Query<[UInt8]> {
        Query("select root from tree_heads where size = \(size)") { try $0.get(0, as: Bytea.self).bytes }
    }

    static func runs(after leaf: Int64, limit: Int) -> Query<TreeWalk.Run> {
        Query(
            """
            select first_leaf, source, first_ordinal, entries, octet_length(hashes) from leaf_runs
            where first_leaf > \(leaf) order by first_leaf limit \(limit)
            """
        ) { row in
            TreeWalk.Run(
                firstLeaf: try row.get(0), source: try row.get(1), firstOrdinal: try row.get(2),
                entries: Int64(try row.get(3, as: Int32.self)),
                hashBytes: Int64(try row.get(4, as: Int32.self)))
        }
    }

    /// A part of a run, short enough to be held.
    struct Piece: Sendable {
        let run: TreeWalk.Run
        /// Leaves of the run that lie before.
        let offset: Int64
        let count: Int64

        var firstOrdinal: Int64 { run.firstOrdinal &+ offset }

        /// Below the first where there is none.
        var lastOrdinal: Int64 { firstOrdinal.addingReportingOverflow(count - 1).overflow ? .max : firstOrdinal + count - 1 }
    }

    /// The hashes of the leaves of each piece. Without the offset the planner would join, and read all runs for each few pieces.
    static func hashes(of pieces: [Piece]) -> Query<[UInt8]> {
        Query(
            """
            select substr(r.hashes, p.start, p.length)
            from unnest(\(pieces.map(\.run.firstLeaf)), \(pieces.map { Int32($0.offset * 32 + 1) }), \(pieces.map { Int32($0.count * 32) }))
                with ordinality as p (leaf, start, length, nth)
            cross join lateral (select hashes from leaf_runs where first_leaf = p.leaf offset 0) as r
            order by p.nth
            """
        ) { try $0.get(0, as: Bytea.self).bytes }
    }

    struct PlacedEntry: Sendable {
        /// Which piece, from 0.
        let piece: Int
        let entry: TreeWalk.Entry
    }

    /// The entries of each piece, in their order. Without the offset the planner would join, and read the whole log for each few pieces.
    static func entries(of pieces: [Piece]) -> Query<PlacedEntry> {
        Query(
            """
            select p.nth, e.source, e.ordinal, \(fragment: StoredEvent.columns)
            from unnest(\(pieces.map(\.run.source)), \(pieces.map(\.firstOrdinal)), \(pieces.map(\.lastOrdinal)))
                with ordinality as p (source, first, last, nth)
            cross join lateral (
                select * from entries where source = p.source and ordinal >= p.first and ordinal <= p.last offset 0
            ) as e
            order by p.nth, e.ordinal
            """
        ) { row in
            PlacedEntry(piece: try row.get(0, as: Int.self) - 1, entry: try entry(row, startingAt: 1))
        }
    }

    private static func entry(_ row: Row, startingAt first: Int) throws -> TreeWalk.Entry {
        let event: StoredEvent?
        do {
            event = try StoredEvent(row, source: try row.get(first), startingAt: first + 2)
        } catch let error as PostgresError where error.kind == .decoding {
            event = nil
        }
        return TreeWalk.Entry(ordinal: try row.get(first + 1), position: try row.get(first + 2), id: try row.get(first + 3), event: event)
    }

    /// Those that have no leaf yet, or should have none.
    static func entries(of source: String, from ordinal: Int64) -> Query<TreeWalk.Entry> {
        Query(
            """
            select source, ordinal, \(fragment: StoredEvent.columns) from entries
            where source = \(source) and ordinal >= \(ordinal) order by ordinal
            """
        ) { try entry($0, startingAt: 0) }
    }

    /// Those in front of the first.
    static func entriesBelowOne(of source: String) -> Query<TreeWalk.Entry> {
        Query(
            """
            select source, ordinal, \(fragment: StoredEvent.columns) from entries where source = \(source) and ordinal < 1 order by ordinal
            """
        ) { try entry($0, startingAt: 0) }
    }

    /// All that have entries; a look at the index for each.
    static func sources() -> Query<String> {
        Query(
            """
            with recursive s as (
                (select source from entries order by source limit 1)
                union all
                select (select e.source from entries as e where e.source > s.source order by e.source limit 1) from s where s.source is not null)
            select source from s where source is not null
            """
        ) { try $0.get(0) }
    }
}
