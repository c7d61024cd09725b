import Postgres

/// Remembers the last position. Loses what commits after a higher position was read.
struct PositionRule: ReadingRule {
    static let mayLag = false

    mutating func poll(_ links: Links, limit: Int, death: Death?) async throws -> Int {
        try await Place.poll(links, death: death) { place in
            """
            select position, id, subject, sequence, txid from outbox where position > \(place.position) order by position limit \(limit)
            """
        }
    }
}

/// Reads by transaction number and position behind the oldest transaction that still runs. Loses nothing, but tells the events of an
/// aggregate by the age of their transactions.
struct FenceRule: ReadingRule {
    static let mayLag = true

    mutating func poll(_ links: Links, limit: Int, death: Death?) async throws -> Int {
        try await Place.poll(links, death: death) { place in
            """
            select position, id, subject, sequence, txid from outbox
            where (txid, position) > (\(place.txid)::xid8, \(place.position)) and txid < pg_snapshot_xmin(pg_current_snapshot())
            order by txid, position limit \(limit)
            """
        }
    }
}

/// What the simple rules remember.
private struct Place: Sendable {
    let txid: Xid8
    let position: Int64

    static func poll(_ links: Links, death: Death?, rows: (Place) -> SQL) async throws -> Int {
        let place = try await links.sink.session { session in
            try session.one(Query("select txid, position from torture_state") { Place(txid: try $0.get(0), position: try $0.get(1)) })
        }
        let query = Query(rows(place)) { row in
            let event = Delivery(position: try row.get(0), id: try row.get(1), subject: try row.get(2), sequence: try row.get(3))
            return (event: event, place: Place(txid: try row.get(4), position: event.position))
        }
        let found = try await links.source.session { try $0.all(query) }
        guard let last = found.last?.place else { return 0 }
        try await links.commit(found.map(\.event), death: death) { session in
            try session.run(Query("update torture_state set txid = \(last.txid)::xid8, position = \(last.position)"))
        }
        return found.count
    }
}
