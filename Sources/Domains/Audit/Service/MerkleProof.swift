/// The proofs of RFC 9162, section 2.1, about the tree whose roots ``MerkleFrontier`` computes.
public enum MerkleProof {
    /// The subtrees whose roots are the inclusion proof of a leaf, in its order (section 2.1.3.1).
    ///
    /// - Parameter leaf: must lie below `size`.
    public static func inclusion(of leaf: Int64, in size: Int64) -> [Range<Int64>] {
        precondition(leaf >= 0 && leaf < size)
        var subtrees: [Range<Int64>] = []
        var tree = 0..<size
        while tree.count > 1 {
            let middle = tree.lowerBound + split(tree.upperBound - tree.lowerBound)
            let (left, right) = (tree.lowerBound..<middle, middle..<tree.upperBound)
            if left.contains(leaf) {
                subtrees.append(right)
                tree = left
            } else {
                subtrees.append(left)
                tree = right
            }
        }
        return subtrees.reversed()
    }

    /// The subtrees whose roots are the consistency proof between the first leaves and all of them, in its order (section 2.1.4.1).
    ///
    /// - Parameter first: from 0, which everything is consistent with, to `second`.
    public static func consistency(of first: Int64, with second: Int64) -> [Range<Int64>] {
        precondition(first >= 0 && first <= second)
        guard first > 0 else { return [] }
        var subtrees: [Range<Int64>] = []
        var tree = 0..<second
        var isKnown = true
        while tree.upperBound != first {
            let middle = tree.lowerBound + split(tree.upperBound - tree.lowerBound)
            let (left, right) = (tree.lowerBound..<middle, middle..<tree.upperBound)
            if first <= middle {
                subtrees.append(right)
                tree = left
            } else {
                subtrees.append(left)
                tree = right
                isKnown = false
            }
        }
        if !isKnown { subtrees.append(tree) }
        return subtrees.reversed()
    }

    /// The root of a tree that has a leaf at some place, by its inclusion proof (section 2.1.3.2).
    ///
    /// - Returns: `nil` where the proof is not one for that place in a tree of that size.
    public static func root(leafHash: [UInt8], at leaf: Int64, in size: Int64, path: [[UInt8]]) -> [UInt8]? {
        guard leaf >= 0, leaf < size, leafHash.count == 32, path.allSatisfy({ $0.count == 32 }) else { return nil }
        var (node, last) = (leaf, size - 1)
        var hash = leafHash
        for sibling in path {
            guard last > 0 else { return nil }
            if node & 1 == 1 || node == last {
                hash = MerkleFrontier.nodeHash(sibling, hash)
                while node & 1 == 0, node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                hash = MerkleFrontier.nodeHash(hash, sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 ? hash : nil
    }

    /// Whether one tree is the beginning of another, by their consistency proof (section 2.1.4.2).
    public static func isConsistent(
        _ first: Int64, _ firstRoot: [UInt8], with second: Int64, _ secondRoot: [UInt8], path: [[UInt8]]
    ) -> Bool {
        guard first >= 0, first <= second, path.allSatisfy({ $0.count == 32 }) else { return false }
        if first == second { return path.isEmpty && firstRoot == secondRoot }
        // Nothing is the beginning of everything.
        if first == 0 { return path.isEmpty }
        // A proof leaves out what the verifier knows.
        let path = first.nonzeroBitCount == 1 ? [firstRoot] + path : path
        guard let start = path.first else { return false }
        var (node, last) = (first - 1, second - 1)
        while node & 1 == 1 { (node, last) = (node >> 1, last >> 1) }
        var (firstHash, secondHash) = (start, start)
        for sibling in path.dropFirst() {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                firstHash = MerkleFrontier.nodeHash(sibling, firstHash)
                secondHash = MerkleFrontier.nodeHash(sibling, secondHash)
                while node & 1 == 0, node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                secondHash = MerkleFrontier.nodeHash(secondHash, sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && firstHash == firstRoot && secondHash == secondRoot
    }

    /// The largest power of two below.
    private static func split(_ size: Int64) -> Int64 {
        1 << (63 - (size - 1).leadingZeroBitCount)
    }
}

/// The roots of some subtrees, gathered while all leaves pass by once, in memory that does not grow with them.
public struct SubtreeRoots: Sendable {
    /// By where they begin.
    private var waiting: ArraySlice<(place: Int, leaves: Range<Int64>)>
    private var tree = MerkleFrontier()
    private var found: [[UInt8]?]

    /// - Parameter subtrees: none may overlap another.
    public init(of subtrees: [Range<Int64>]) {
        waiting =
            subtrees.enumerated().map { (place: $0.offset, leaves: $0.element) }.sorted { $0.leaves.lowerBound < $1.leaves.lowerBound }[...]
        found = subtrees.map { _ in nil }
    }

    /// - Parameter leaf: they come in ascending order; where one that is needed is left out, its subtree stays without a root.
    public mutating func append(_ leafHash: [UInt8], at leaf: Int64) {
        guard let next = waiting.first, leaf >= next.leaves.lowerBound else { return }
        if leaf < next.leaves.upperBound { tree.append(leafHash) }
        guard leaf >= next.leaves.upperBound - 1 else { return }
        if tree.size == next.leaves.upperBound - next.leaves.lowerBound { found[next.place] = tree.root }
        tree = MerkleFrontier()
        waiting.removeFirst()
    }

    /// In the order in which they were asked for; `nil` where leaves are missing.
    public var roots: [[UInt8]]? {
        let roots = found.compactMap(\.self)
        return roots.count == found.count ? roots : nil
    }
}
