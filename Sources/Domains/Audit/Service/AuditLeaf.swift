/// What one audit entry is in the Merkle tree. The format is final: another one would need another tree.
public enum AuditLeaf {
    static let formatVersion: UInt8 = 1

    /// The byte `0x01`, the length of the source's name as one byte, the name in UTF-8, the position as 8 bytes big-endian, and the event's
    /// 32-byte hash.
    ///
    /// - Parameter source: the service that published the event; at most 255 bytes.
    /// - Parameter position: where the event lay in its source's outbox.
    /// - Parameter eventHash: as stored beside the event.
    public static func bytes(source: String, position: Int64, eventHash: [UInt8]) -> [UInt8] {
        let name = Array(source.utf8)
        precondition(name.count <= 255)
        var bytes: [UInt8] = [formatVersion, UInt8(name.count)]
        bytes.reserveCapacity(name.count + 42)
        bytes += name
        withUnsafeBytes(of: position.bigEndian) { bytes.append(contentsOf: $0) }
        return bytes + eventHash
    }
}
