import FoundationEssentials
import Kernel
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        // The examples of RFC 3339, section 5.8, but for the leap second.
        ("1985-04-12T23:20:50.52Z", 482_196_050_520_000), ("1996-12-19T16:39:57-08:00", 851_042_397_000_000),
        ("1937-01-01T12:00:27.87+00:20", -1_041_337_172_130_000),
        // Both cases, and the space that its section 5.6 permits.
        ("1985-04-12t23:20:50.52z", 482_196_050_520_000), ("1985-04-12 23:20:50.52Z", 482_196_050_520_000),
        // An unknown offset is UTC.
        ("1970-01-01T00:00:00-00:00", 0), ("1970-01-01T00:00:00+00:00", 0),
        // The largest offsets, and the short forms that ISO 8601 adds.
        ("1970-01-01T23:59:00+23:59", 0), ("1969-12-31T00:01:00-23:59", 0), ("1970-01-01T02:00:00+0200", 0),
        ("1970-01-01T02:00:00+02", 0), ("1970-01-01T00:01Z", 60_000_000),
        // A bare date is midnight UTC, leap days included.
        ("1970-01-01", 0), ("2000-02-29", 951_782_400_000_000), ("1969-12-31", -86_400_000_000), ("9999-12-31", 253_402_214_400_000_000),
        // What a microsecond cannot hold is cut off.
        ("1970-01-01T00:00:00.1Z", 100_000), ("1970-01-01T00:00:00.123456Z", 123_456), ("1970-01-01T00:00:00.1234569Z", 123_456),
        ("1969-12-31T23:59:59.999999Z", -1),
    ])
    func `reads RFC 3339`(text: String, microseconds: Int64) {
        #expect(Timestamp(text) == Timestamp(microseconds: microseconds))
    }

    @Test(arguments: [
        "", " ", "now", "2026", "2026-11", "2026-11-2", "26-11-22", "2026-1-22", "2026/11/22", "20261122",
        "2026-00-10", "2026-13-10", "2026-01-00", "2026-01-32", "2026-04-31", "2026-02-29", "1900-02-29", "2026-11-99",
        "2026-11-22T", "2026-11-22T21", "2026-11-22T21:04", "2026-11-22T21:04:05", "2026-11-22T24:00:00Z", "2026-11-22T21:60:00Z",
        "2026-11-22T21:04:61Z", "2026-11-22T21:04:05.Z", "2026-11-22T21:04:05,5Z", "2026-11-22T21:04:05+24:00", "2026-11-22T21:04:05+01:60",
        "2026-11-22T21:04:05+1:00", "2026-11-22T21:04:05Zulu", "2026-11-22T21:04:05Z ", " 2026-11-22", "2026-11-22  21:04:05Z",
        "-2026-11-22", "+2026-11-22", "12026-11-22", "٢٠٢٦-11-22", "2026-11-22T21:04:05\u{2212}01:00",
        // No clock of ours ever shows a leap second, and POSIX time has no place for it.
        "1990-12-31T23:59:60Z",
    ])
    func `refuses what is no RFC 3339`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(arguments: [
        (Timestamp(year: 2026, month: 11, day: 22, hour: 21, minute: 4, second: 5), "2026-11-22T21:04:05Z"),
        (Timestamp(year: 2026, month: 1, day: 2, microsecond: 250_000), "2026-01-02T00:00:00.250Z"),
        (Timestamp(year: 2026, month: 1, day: 2, microsecond: 1), "2026-01-02T00:00:00.000001Z"),
        (Timestamp(microseconds: -1), "1969-12-31T23:59:59.999999Z"), (Timestamp(microseconds: -1_000_000), "1969-12-31T23:59:59Z"),
        (Timestamp(year: 1, month: 1, day: 1), "0001-01-01T00:00:00Z"),
    ])
    func `writes RFC 3339 in UTC, with three or six digits or none`(instant: Timestamp, text: String) {
        #expect(instant.description == text)
    }

    /// The years around those that a fourth, a hundredth and a four-hundredth year make special.
    @Test(arguments: [1_896...1_904, 1_968...1_972, 1_999...2_001, 2_096...2_104])
    func `what it writes it reads, on every day`(years: ClosedRange<Int>) {
        let day = Duration.seconds(86_400)
        var instant = Timestamp(year: years.lowerBound, month: 1, day: 1, hour: 23, minute: 59, second: 59, microsecond: 999_999)
        let end = Timestamp(year: years.upperBound + 1, month: 1, day: 1)
        var wrong: [Timestamp] = []
        while instant < end {
            if Timestamp(instant.description) != instant { wrong.append(instant) }
            instant = instant.advanced(by: day)
        }
        #expect(wrong.isEmpty)
    }

    @Test(arguments: [
        // The last day where the month is shorter, and never a day lost or won otherwise.
        ("2026-01-31", 1, "2026-02-28"), ("2028-01-31", 1, "2028-02-29"), ("2026-03-31", 1, "2026-04-30"), ("2026-01-31", 2, "2026-03-31"),
        ("2026-01-30", 1, "2026-02-28"), ("2026-01-28", 1, "2026-02-28"), ("2026-12-31", 2, "2027-02-28"), ("2026-08-31", 1, "2026-09-30"),
        ("2026-10-31", 4, "2027-02-28"), ("2026-11-30", 1, "2026-12-30"), ("2026-12-15", 1, "2027-01-15"), ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-29"), ("2096-02-29", 48, "2100-02-28"), ("2026-05-31", 0, "2026-05-31"),
        // Backwards, across years too.
        ("2026-03-31", -1, "2026-02-28"), ("2026-01-31", -1, "2025-12-31"), ("2026-01-15", -13, "2024-12-15"),
        ("1970-01-31", -11, "1969-02-28"),
        ("0001-01-31", -11, "0000-02-29"),
    ])
    func `months later it is the same day, or the month's last`(from: String, months: Int, to: String) throws {
        #expect(try #require(Timestamp(from)).advanced(byMonths: months) == Timestamp(to))
    }

    @Test func `the time of day stays when months pass, before 1970 too`() throws {
        let evening = try #require(Timestamp("2026-01-31T23:59:59.999999Z"))
        #expect(evening.advanced(byMonths: 1).description == "2026-02-28T23:59:59.999999Z")
        let old = try #require(Timestamp("1969-12-31T23:59:59.999999Z"))
        #expect(old.advanced(byMonths: 2).description == "1970-02-28T23:59:59.999999Z")
    }

    @Test func `a duration leads from one instant to the other`() throws {
        let early = try #require(Timestamp("1969-12-31T23:59:59.5Z"))
        let late = try #require(Timestamp("2026-11-22T21:04:05.000001Z"))
        #expect(early.advanced(by: late.duration(since: early)) == late)
        #expect(late.advanced(by: early.duration(since: late)) == early)
        #expect(early < late)
        // What is less than a microsecond is no step.
        #expect(early.advanced(by: .nanoseconds(999)) == early)
    }

    @Test func `in JSON it is its text`() throws {
        let instant = try #require(Timestamp("2026-11-22T21:04:05.25Z"))
        #expect(try JSONCoding.encode([instant]) == #"["2026-11-22T21:04:05.250Z"]"#)
        #expect(try JSONCoding.decode([Timestamp].self, from: #"["2026-11-22T22:04:05.25+01:00"]"#) == [instant])
        #expect(throws: UnreadableJSON.self) { try JSONCoding.decode([Timestamp].self, from: #"["2026-02-30"]"#) }
        #expect(throws: UnreadableJSON.self) { try JSONCoding.decode([Timestamp].self, from: "[0]") }
    }
}
