import Cryptography
import FoundationEssentials
import Kernel

/// What an id becomes when its owner is purged: another one, always the same, from which nobody comes back.
enum Pseudonym {
    static func of(_ id: UUID) -> UUID {
        let digest = SHA256.hash(Array("saas.analytics.pseudonym".utf8) + id.bytes)
        let words = stride(from: 0, to: 16, by: 8).map { start in
            digest[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        // Version 8 and the variant of RFC 9562, section 5.8: none that a service gives out.
        return UUID(high: words[0] & ~0xF000 | 0x8000, low: words[1] & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }
}
