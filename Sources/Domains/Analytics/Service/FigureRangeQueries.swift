import Kernel
import Postgres

/// The parts of statements that ask about the days of a range.
extension FigureRange {
    var firstDay: SQL { Self.date(since) }
    var endDay: SQL { Self.date(until) }

    static func date(_ instant: Timestamp) -> SQL { "(\(instant)::timestamptz at time zone 'UTC')::date" }

    /// The beginning of the bucket that has the day of a column.
    ///
    /// - Parameter orNull: days before the range have none.
    func start(of column: String, orNull: Bool = false) -> SQL {
        let begin: SQL = """
            (greatest(date_trunc('\(unsafeRaw: bucket.rawValue)', \(identifier: column)::timestamp)::date, \(fragment: firstDay))::timestamp
                at time zone 'UTC')
            """
        return orNull ? "case when \(identifier: column) >= \(fragment: firstDay) then \(fragment: begin) end" : begin
    }
}
