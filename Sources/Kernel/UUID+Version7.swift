public import FoundationEssentials

extension UUID {
    /// A version 7 UUID (RFC 9562, section 5.7): ordered by time, so that index pages fill from one end.
    ///
    /// The 12 bits of `rand_a` carry the fraction of the millisecond (section 6.2, method 3); two ids of one microsecond differ in their
    /// 62 random bits only and have no order.
    ///
    /// - Parameter instant: the time that the id carries; times before 1970 count as 1970.
    public static func version7(at instant: Timestamp) -> UUID {
        let microseconds = UInt64(max(0, instant.microseconds))
        let milliseconds = microseconds / 1_000
        let fraction = (microseconds % 1_000) * 4_096 / 1_000
        return version7(milliseconds: milliseconds, a: fraction, b: .random(in: .min ... .max))
    }

    /// A version 7 UUID whose parts the caller chooses: one that is the same whenever it is made.
    ///
    /// - Parameter instant: the time that the id carries, in milliseconds; times before 1970 count as 1970.
    /// - Parameter a: its low 12 bits become `rand_a`.
    /// - Parameter b: its low 62 bits become `rand_b`.
    public static func version7(at instant: Timestamp, a: UInt64, b: UInt64) -> UUID {
        version7(milliseconds: UInt64(max(0, instant.microseconds)) / 1_000, a: a, b: b)
    }

    private static func version7(milliseconds: UInt64, a: UInt64, b: UInt64) -> UUID {
        UUID(high: milliseconds << 16 | 0x7000 | a & 0xFFF, low: b & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    /// The UUID with these 128 bits, most significant first.
    public init(high: UInt64, low: UInt64) {
        let words = (high.bigEndian, low.bigEndian)
        self.init(uuid: unsafeBitCast(words, to: uuid_t.self))
    }

    /// The 16 bytes in network order, as RFC 9562 and PostgreSQL's binary format have them.
    public var bytes: [UInt8] {
        withUnsafeBytes(of: uuid) { Array($0) }
    }
}
