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

    /// The rows that make up the range: of its whole months by the month where nobody asks for less, of the rest by the day.
    ///
    /// - Parameters:
    ///   - table: the one of a scale; `day` is the first day of what a row is about.
    ///   - columns: those that are asked for, besides `day`.
    ///   - condition: which rows count.
    ///   - wholly: nobody asks for the parts of the range.
    func rows(of table: (FigureScale) -> SQL, _ columns: SQL, where condition: SQL, wholly: Bool) -> SQL {
        func source(_ scale: FigureScale, _ since: Timestamp, _ until: Timestamp) -> SQL {
            """
            from \(fragment: table(scale)) where \(fragment: condition)
                and day >= \(fragment: Self.date(since)) and day < \(fragment: Self.date(until))
            """
        }
        func part(_ scale: FigureScale, _ since: Timestamp, _ until: Timestamp) -> SQL {
            "select day, \(fragment: columns) \(fragment: source(scale, since, until))"
        }
        let first = since == since.startOfMonth ? since : since.startOfMonth.advanced(byMonths: 1)
        let last = until.startOfMonth
        guard wholly || bucket == .month, first <= last else { return part(.days, since, until) }
        let whole: SQL = "\(fragment: part(.days, since, first)) union all \(fragment: part(.months, first, last))"
        guard last < until else { return whole }
        // The present month is whole as well where nothing is told of its other days.
        let end = last.advanced(byMonths: 1)
        let hasMore: SQL = "exists (select \(fragment: source(.days, until, end)))"
        return """
            \(fragment: whole)
                union all \(fragment: part(.days, last, until)) and \(fragment: hasMore)
                union all \(fragment: part(.months, last, end)) and not \(fragment: hasMore)
            """
    }
}

/// The tables of a scale. `day` is the first day of what a row is about.
extension FigureScale {
    var tasks: SQL {
        switch self {
        case .days: "task_days"
        case .months: "task_months"
        }
    }

    var usage: SQL {
        switch self {
        case .days: "usage_days"
        case .months: "usage_months"
        }
    }
}
