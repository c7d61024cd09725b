import Cryptography

/// The Merkle tree of RFC 9162, section 2.1, as it grows: the roots of its complete subtrees, largest first. That is all that is needed to
/// add leaves and to tell the root; the leaves themselves stay in the database.
public struct MerkleFrontier: Sendable, Hashable {
    /// The number of leaves.
    public private(set) var size: Int64
    /// One 32-byte hash per bit that is set in ``size``, the highest bit first.
    public private(set) var subtrees: [[UInt8]]

    public init() {
        size = 0
        subtrees = []
    }

    /// Goes on from a stored tree head.
    ///
    /// - Returns: `nil` where the number of subtrees does not fit the size.
    public init?(size: Int64, subtrees: [[UInt8]]) {
        guard size >= 0, subtrees.count == size.nonzeroBitCount, subtrees.allSatisfy({ $0.count == 32 }) else { return nil }
        self.size = size
        self.subtrees = subtrees
    }

    /// - Parameter leafHash: the 32 bytes of ``leafHash(of:)``.
    public mutating func append(_ leafHash: [UInt8]) {
        var hash = leafHash
        // Each trailing one bit of the size is a complete subtree of the same height as the one in hand.
        for _ in 0..<size.trailingOneBitCount {
            hash = Self.nodeHash(subtrees.removeLast(), hash)
        }
        subtrees.append(hash)
        size += 1
    }

    /// The tree's root; of an empty tree, the hash of nothing.
    public var root: [UInt8] {
        guard var hash = subtrees.last else { return SHA256.hash([]) }
        for left in subtrees.dropLast().reversed() {
            hash = Self.nodeHash(left, hash)
        }
        return hash
    }

    /// SHA-256(0x00 || leaf).
    public static func leafHash(of leaf: [UInt8]) -> [UInt8] {
        SHA256.hash([0x00] + leaf)
    }

    /// SHA-256(0x01 || left || right).
    static func nodeHash(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        SHA256.hash([0x01] + left + right)
    }
}

extension FixedWidthInteger {
    fileprivate var trailingOneBitCount: Int { (~self).trailingZeroBitCount }
}
