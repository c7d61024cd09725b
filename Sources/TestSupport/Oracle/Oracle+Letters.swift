import Postgres

extension Oracle {
    /// Dead letters are the events themselves, in the order of their aggregates, with everything that has to wait behind them.
    func letters(_ lane: OracleLane) async throws -> [String] {
        guard !lane.letters.isEmpty else { return [] }
        var findings: [String] = []
        if lane.reader.types == nil { findings.append("\(lane.name): \(lane.letters.count) letters of a consumer that never parks") }
        let database = try database(lane.reader.service)
        let disorder: [String] = try await database.fetch(
            """
            select subject || ' #' || sequence || ' ' || state from (
                select turn, subject, sequence, state, waits, row_number() over w as nth, lag(sequence) over w as before from dead_letters
                where consumer = \(lane.reader.name) and source = \(lane.source) window w as (partition by subject order by turn)) as l
            where (nth = 1) = (state = 'parked') or (nth = 1) = waits or before >= sequence limit 3
            """)
        if !disorder.isEmpty { findings.append("\(lane.name): letters out of order, \(disorder)") }

        let positions = lane.letters.map(\.position)
        let original: SQL = "select position || ' ' || md5(row(\(fragment: Self.envelope))::text) from"
        var originals: [String] = try await self.database(lane.source).fetch(
            "\(fragment: original) outbox where position = any (\(positions)) and \(fragment: lane.passed())")
        if let audit = databases["audit"] {
            let dropped = try await dropped(from: lane.source)
            originals += try await audit.fetch(
                """
                \(fragment: original) entries where source = \(lane.source) and position = any (\(positions)) and \(fragment: dropped)
                """)
        }
        let known = Set(originals)
        let strange = lane.letters.filter { !known.contains("\($0.position) \($0.digest)") }.map(\.position)
        if !strange.isEmpty { findings.append("\(lane.name): letters that are not what the source has, at \(strange.prefix(3))") }

        let first = Dictionary(lane.letters.map { ($0.subject, $0.sequence) }, uniquingKeysWith: min).sorted { $0.key < $1.key }
        let overtaking: [Int64] = try await self.database(lane.source).fetch(
            """
            select position from outbox
            join unnest(\(first.map(\.key))::uuid[], \(first.map(\.value))) as l (letter, behind) on subject = letter and sequence > behind
            where \(fragment: lane.passed()) and \(fragment: lane.reader.concerns()) and position <> all (\(positions))
                and id <> all (\(lane.discarded)::uuid[]) order by position limit 3
            """)
        if !overtaking.isEmpty { findings.append("\(lane.name): went past letters of the same aggregate at \(overtaking)") }
        return findings
    }
}
