import Cryptography
public import FoundationEssentials
import Kernel

extension StoredEvent {
    /// The id of something that a consumer makes of this event: the same whenever it is made, also by a consumer that was restored from before.
    ///
    /// - Parameter what: tells apart what one event is made into.
    public func derivedId(_ what: String) -> UUID {
        let digest = SHA256.hash(Array(what.utf8) + id.bytes)
        let random = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return .version7(at: time, a: UInt64(digest[8]) << 4 | UInt64(digest[9] >> 4), b: random)
    }
}
