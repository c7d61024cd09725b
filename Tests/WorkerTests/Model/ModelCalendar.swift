/// Seconds since 1970, and the dates of UTC, counted year by year and month by month.
enum ModelCalendar {
    static let day = 86_400
    /// 2000-01-01 as a day since 1970.
    private static let epoch = 10_957

    static func length(ofMonth month: Int, _ year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 && isLeap ? 29 : [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    private static func first(ofMonth month: Int, _ year: Int) -> Int {
        var days = epoch
        for other in 2_000..<year { for month in 1...12 { days += length(ofMonth: month, other) } }
        for other in 1..<month { days += length(ofMonth: other, year) }
        return days
    }

    /// The same day and time of day so many months later, or the last day of a month that has no such day.
    static func moved(_ instant: Int, byMonths months: Int) -> Int {
        var (year, month) = (2_000, 1)
        var rest = instant / day - epoch
        while rest >= length(ofMonth: month, year) {
            rest -= length(ofMonth: month, year)
            (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1)
        }
        for _ in 0..<abs(months) {
            if months > 0 {
                (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1)
            } else {
                (year, month) = month == 1 ? (year - 1, 12) : (year, month - 1)
            }
        }
        return (first(ofMonth: month, year) + min(rest, length(ofMonth: month, year) - 1)) * day + instant % day
    }

    /// The period of so many months, counted from an anchor, in which an instant lies.
    static func period(of instant: Int, from anchor: Int, months: Int) -> Range<Int> {
        var number = 0
        while moved(anchor, byMonths: (number + 1) * months) <= instant { number += 1 }
        while moved(anchor, byMonths: number * months) > instant { number -= 1 }
        return moved(anchor, byMonths: number * months)..<moved(anchor, byMonths: (number + 1) * months)
    }
}
