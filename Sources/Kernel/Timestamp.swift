/// An instant in UTC with the resolution of PostgreSQL's `timestamptz`: whole microseconds.
///
/// Not `Date`, whose floating-point seconds cannot carry a microsecond through a round trip unchanged.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Microseconds since 1970-01-01T00:00:00Z; negative before it.
    public let microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// - Parameter month: 1 to 12.
    /// - Parameter day: 1 to 31; a day beyond the month's length runs over into the next one.
    public init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0) {
        let days = Self.daysFromCivil(year: year, month: month, day: day)
        let seconds = days * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
        self.microseconds = seconds * 1_000_000 + Int64(microsecond)
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    public func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(microseconds: microseconds + seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }

    /// The same day and time of day so many months later, in UTC; the month's last day where it has no such day.
    public func advanced(byMonths months: Int) -> Timestamp {
        let (days, microsecondOfDay) = microseconds.flooredQuotientAndRemainder(dividingBy: 86_400_000_000)
        let date = Self.civil(fromDays: days)
        let month = date.year * 12 + date.month - 1 + months
        let year = month >= 0 ? month / 12 : (month - 11) / 12
        let monthOfYear = month - year * 12 + 1
        let firstOfNext = Self.daysFromCivil(
            year: monthOfYear == 12 ? year + 1 : year, month: monthOfYear == 12 ? 1 : monthOfYear + 1, day: 1)
        let first = Self.daysFromCivil(year: year, month: monthOfYear, day: 1)
        let day = min(first + Int64(date.day) - 1, firstOfNext - 1)
        return Timestamp(microseconds: day * 86_400_000_000 + microsecondOfDay)
    }

    public func duration(since earlier: Timestamp) -> Duration {
        .microseconds(microseconds - earlier.microseconds)
    }

    /// Days since 1970-01-01 of a date in the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    static func daysFromCivil(year: Int, month: Int, day: Int) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }

    /// The inverse of ``daysFromCivil(year:month:day:)``, from the same source.
    static func civil(fromDays days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = Int(days) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC; the fraction is left out when it is zero and has three or six digits otherwise.
    public var description: String {
        let (seconds, fraction) = microseconds.flooredQuotientAndRemainder(dividingBy: 1_000_000)
        let (days, secondOfDay) = seconds.flooredQuotientAndRemainder(dividingBy: 86_400)
        let date = Self.civil(fromDays: days)
        var text = Array(padded(date.year, 4).utf8)
        text.reserveCapacity(27)
        append(date.month, 2, "-", to: &text)
        append(date.day, 2, "-", to: &text)
        append(Int(secondOfDay / 3_600), 2, "T", to: &text)
        append(Int(secondOfDay / 60 % 60), 2, ":", to: &text)
        append(Int(secondOfDay % 60), 2, ":", to: &text)
        if fraction != 0 {
            let isWhole = fraction % 1_000 == 0
            append(Int(isWhole ? fraction / 1_000 : fraction), isWhole ? 3 : 6, ".", to: &text)
        }
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads RFC 3339 (`2026-11-22T21:04:05.25+01:00`; a space may stand for the `T`) or a bare date, which is midnight UTC.
    ///
    /// - Returns: `nil` for anything else, a day that its month does not have included. Digits beyond microseconds are cut off.
    public init?(_ text: some StringProtocol) {
        var text = String(text)
        guard let instant = text.withUTF8({ Timestamp(utf8: $0) }) else { return nil }
        self = instant
    }

    /// As the text's own initializer, of its bytes.
    init?(utf8 text: UnsafeBufferPointer<UInt8>) {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(digits: 4), scanner.skip("-"), let month = scanner.number(digits: 2), scanner.skip("-"),
            let day = scanner.number(digits: 2), (1...12).contains(month), day >= 1
        else { return nil }
        let startOfDay = Timestamp(year: year, month: month, day: day)
        guard
            Self.civil(fromDays: startOfDay.microseconds / 86_400_000_000 - (startOfDay.microseconds % 86_400_000_000 < 0 ? 1 : 0)) == (
                year, month, day
            )
        else { return nil }
        if scanner.isAtEnd {
            self = startOfDay
            return
        }
        guard scanner.skip("T") || scanner.skip("t") || scanner.skip(" "), let hour = scanner.number(digits: 2), scanner.skip(":"),
            let minute = scanner.number(digits: 2), hour < 24, minute < 60
        else { return nil }
        var second = 0
        var fraction = 0
        if scanner.skip(":") {
            guard let value = scanner.number(digits: 2), value < 60 else { return nil }
            second = value
            if scanner.skip(".") {
                guard let value = scanner.fraction(digits: 6) else { return nil }
                fraction = value
            }
        }
        guard let offset = scanner.utcOffsetInMinutes(), scanner.isAtEnd else { return nil }
        let local = Timestamp(year: year, month: month, day: day, hour: hour, minute: minute, second: second, microsecond: fraction)
        self.init(microseconds: local.microseconds - Int64(offset) * 60_000_000)
    }
}

extension Timestamp: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Timestamp(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 time: \(text)")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Appends the separator and the last digits of a number.
private func append(_ number: Int, _ width: Int, _ separator: Unicode.Scalar, to text: inout [UInt8]) {
    text.append(UInt8(ascii: separator))
    var unit = (1..<width).reduce(1) { unit, _ in unit * 10 }
    while unit > 0 {
        text.append(UInt8(ascii: "0") + UInt8(number / unit % 10))
        unit /= 10
    }
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
}

extension Int64 {
    fileprivate func flooredQuotientAndRemainder(dividingBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

private struct DigitScanner {
    private var rest: Slice<UnsafeBufferPointer<UInt8>>

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func digit() -> Int? {
        guard let byte = rest.first, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        rest = rest.dropFirst()
        return Int(byte - UInt8(ascii: "0"))
    }

    mutating func number(digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    mutating func fraction(digits: Int) -> Int? {
        guard var value = digit() else { return nil }
        var read = 1
        while let digit = digit() {
            if read < digits { value = value * 10 + digit; read += 1 }
        }
        while read < digits { value *= 10; read += 1 }
        return value
    }

    /// `Z`, `+hh`, `+hh:mm` or `+hhmm`.
    mutating func utcOffsetInMinutes() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hours = number(digits: 2), hours < 24 else { return nil }
        if isAtEnd { return sign * hours * 60 }
        _ = skip(":")
        guard let minutes = number(digits: 2), minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
