import FoundationEssentials
import Kernel
import Testing

@Suite struct UUIDVersion7Tests {
    /// RFC 9562, appendix A.6: 017F22E2-79B0-7CC3-98C4-DC0C0C07398F was made at 2022-02-22 14:22:22.000 -05:00.
    @Test func `the milliseconds stand where the RFC's example has them`() throws {
        let example = try #require(UUID(uuidString: "017F22E2-79B0-7CC3-98C4-DC0C0C07398F"))
        let instant = try #require(Timestamp("2022-02-22T14:22:22-05:00"))
        #expect(UUID.version7(at: instant).bytes.prefix(6) == example.bytes.prefix(6))
    }

    @Test(arguments: [
        (0, 0), (1, 4), (500, 2_048), (999, 4_091),
    ])
    func `version, variant and the fraction of the millisecond stand in their bits`(microsecond: Int64, fraction: UInt16) {
        // Section 6.2, method 3: the fraction of a millisecond in 12 bits.
        let id = UUID.version7(at: Timestamp(microseconds: 1_645_557_742_000_000 + microsecond)).bytes
        #expect(id[6] >> 4 == 7)
        #expect(id[8] >> 6 == 0b10)
        #expect((UInt16(id[6]) << 8 | UInt16(id[7])) & 0xFFF == fraction)
    }

    @Test func `ids sort by time, a microsecond apart at least`() {
        let start: Int64 = 1_645_557_741_999_990
        let ids = (0..<2_000).map { UUID.version7(at: Timestamp(microseconds: start + $0)) }
        #expect(ids.map(\.text) == ids.map(\.text).sorted())
        #expect(Set(ids).count == ids.count)
    }

    /// Chunks are sorted by it, a hundred times faster than by text; rows are locked in its order.
    @Test func `ids compare as their bytes do, which is how PostgreSQL compares them`() {
        let ids = (0..<1_000).map { _ in UUID(high: .random(in: .min ... .max), low: .random(in: .min ... .max)) }
        #expect(ids.sorted() == ids.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) })
        #expect(UUID(high: 1, low: 0) > UUID(high: 0, low: .max))
        #expect(UUID(high: 0x8000_0000_0000_0000, low: 0) > UUID(high: 0x7FFF_FFFF_FFFF_FFFF, low: .max))
    }

    @Test func `62 bits are random`() {
        let instant = Timestamp(microseconds: 1_645_557_742_000_000)
        let ids = (0..<10_000).map { _ in UUID.version7(at: instant) }
        #expect(Set(ids).count == ids.count)
        // Each bit of the last eight bytes is seen set and cleared; the chance of one that is not is 2^-9999.
        let either = ids.reduce(into: [UInt8](repeating: 0, count: 8)) { seen, id in
            for index in 0..<8 { seen[index] |= id.bytes[8 + index] }
        }
        let both = ids.reduce(into: [UInt8](repeating: 255, count: 8)) { seen, id in
            for index in 0..<8 { seen[index] &= id.bytes[8 + index] }
        }
        #expect(either == [0xBF] + [UInt8](repeating: 0xFF, count: 7))
        #expect(both == [0x80] + [UInt8](repeating: 0, count: 7))
    }

    @Test func `no time before 1970 and a time far off still make valid ids`() {
        #expect(UUID.version7(at: Timestamp(microseconds: -5)).text.hasPrefix("00000000-0000-7000-"))
        #expect(UUID.version7(at: Timestamp(year: 9_999, month: 12, day: 31)).bytes[6] == 0x70)
    }

    @Test func `the words are the bytes, most significant first`() {
        let id = UUID(high: 0x0011_2233_4455_6677, low: 0x8899_AABB_CCDD_EEFF)
        #expect(id.bytes == (0..<16).map { UInt8($0 * 0x11) })
        #expect(id.text == "00112233-4455-6677-8899-aabbccddeeff")
        #expect(UUID(uuidString: id.text) == id)
    }
}
