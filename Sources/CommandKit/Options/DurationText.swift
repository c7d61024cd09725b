import ArgumentParser
public import FoundationEssentials
public import Kernel

/// Durations as people type them: a number with one of the units `ms`, `s`, `m`, `h`, `d`, or several such parts (`1h30m`).
public enum DurationText {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// - Returns: a positive duration; `nil` where the text is none, is zero, or passes 10,000 days.
    public static func duration(from text: some StringProtocol) -> Duration? {
        var rest = Substring(text)
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard digits.count <= 12, let number = Int64(digits), let factor = units.first(where: { $0.suffix == unit })?.milliseconds
            else { return nil }
            let (part, overflow) = number.multipliedReportingOverflow(by: factor)
            guard !overflow, part <= 864_000_000_000, total <= 864_000_000_000 else { return nil }
            total += part
        }
        return total > 0 ? .milliseconds(total) : nil
    }

    /// - Throws: `ValidationError` where the text is no duration.
    public static func parse(_ text: String) throws -> Duration {
        guard let duration = duration(from: text) else {
            throw ValidationError("expected a number and a unit (ms, s, m, h or d), such as 500ms, 30s, 5m, 2h or 7d")
        }
        return duration
    }
}

/// UUIDs as arguments.
public enum UUIDText {
    /// - Throws: `ValidationError` where the text is no UUID.
    public static func parse(_ text: String) throws -> UUID {
        guard let id = UUID(uuidString: text) else {
            throw ValidationError("expected a UUID such as 0192f3a4-5b6c-7d8e-9f01-23456789abcd")
        }
        return id
    }
}

/// Times as arguments.
public enum TimestampText {
    /// - Throws: `ValidationError` where the text is neither RFC 3339 nor a date.
    public static func parse(_ text: String) throws -> Timestamp {
        guard let time = Timestamp(text) else {
            throw ValidationError("expected a time such as 2026-11-22T10:00:00Z, or a date such as 2026-11-22")
        }
        return time
    }
}
