import Audit
import Testing

/// Against the published proofs of Certificate Transparency: transparency-dev/merkle, `testonly/reference_test.go` (how proofs are made) and
/// `proof/verify_test.go` (which are accepted, and how they are spoilt); RFC 9162, sections 2.1.3 and 2.1.4.
@Suite struct MerkleProofTests {
    private static let leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]

    private static let inclusions: [(leaf: Int64, size: Int64, path: [String])] = [
        (0, 1, []),
        (0, 2, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"]),
        (1, 2, ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"]),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (
            1, 5,
            [
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ]
        ),
        (
            0, 8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]
        ),
        (
            5, 8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        ),
    ]

    private static let consistencies: [(first: Int64, second: Int64, path: [String])] = [
        (1, 1, []),
        (
            1, 8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]
        ),
        (
            2, 5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ]
        ),
        (
            6, 8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        ),
        (
            6, 7,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        ),
    ]

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = hexadecimal.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }

    private static let hashes = leaves.map { MerkleFrontier.leafHash(of: bytes($0)) }
    private static let empty = bytes("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    private static let some = bytes("abacaba000000000000000000000000000000000000000000060061e00123456")

    private static func root(of leaves: Range<Int64>) -> [UInt8] {
        var tree = MerkleFrontier()
        for hash in hashes[Int(leaves.lowerBound)..<Int(leaves.upperBound)] { tree.append(hash) }
        return tree.root
    }

    private static func roots(of subtrees: [Range<Int64>], in size: Int64) -> [[UInt8]]? {
        var roots = SubtreeRoots(of: subtrees)
        for leaf in 0..<size { roots.append(hashes[Int(leaf)], at: leaf) }
        return roots.roots
    }

    @Test(arguments: 0..<inclusions.count) func `inclusion proofs are the published ones`(index: Int) {
        let (leaf, size, path) = Self.inclusions[index]
        let subtrees = MerkleProof.inclusion(of: leaf, in: size)
        #expect(Self.roots(of: subtrees, in: size) == path.map(Self.bytes))
        let root = MerkleProof.root(leafHash: Self.hashes[Int(leaf)], at: leaf, in: size, path: path.map(Self.bytes))
        #expect(root == Self.root(of: 0..<size))
    }

    @Test(arguments: 0..<consistencies.count) func `consistency proofs are the published ones`(index: Int) {
        let (first, second, path) = Self.consistencies[index]
        let subtrees = MerkleProof.consistency(of: first, with: second)
        #expect(Self.roots(of: subtrees, in: second) == path.map(Self.bytes))
        #expect(
            MerkleProof.isConsistent(
                first, Self.root(of: 0..<first), with: second, Self.root(of: 0..<second), path: path.map(Self.bytes)))
    }

    @Test(arguments: Int64(1)...8) func `every leaf of every size is proven, and spoilt proofs are none`(size: Int64) {
        let root = Self.root(of: 0..<size)
        for leaf in 0..<size {
            let path = Self.roots(of: MerkleProof.inclusion(of: leaf, in: size), in: size) ?? []
            let hash = Self.hashes[Int(leaf)]
            func leads(_ leaf: Int64, _ size: Int64, _ hash: [UInt8], _ path: [[UInt8]]) -> Bool {
                MerkleProof.root(leafHash: hash, at: leaf, in: size, path: path) == root
            }
            #expect(leads(leaf, size, hash, path))
            for other in [leaf - 1, leaf + 1, leaf ^ 2] { #expect(!leads(other, size, hash, path), "\(leaf) of \(size) at \(other)") }
            if size > 1 { #expect(!leads(leaf, size * 2, hash, path) && !leads(leaf, size / 2, hash, path), "\(leaf) of \(size)") }
            #expect(!leads(leaf, size, Self.some, path) && !leads(leaf, size, Self.empty, path) && !leads(leaf, size, [], path))
            for garbage in [[], root] as [[UInt8]] {
                #expect(!leads(leaf, size, hash, path + [garbage]) && !leads(leaf, size, hash, [garbage] + path))
            }
            for index in path.indices {
                var flipped = path
                flipped[index][0] ^= 8
                #expect(!leads(leaf, size, hash, flipped))
            }
            if !path.isEmpty { #expect(!leads(leaf, size, hash, path.dropLast())) }
            if path.count > 1 { #expect(!leads(leaf, size, hash, [path[0], Self.some] + path.dropFirst())) }
        }
        #expect(MerkleProof.root(leafHash: Self.some, at: 0, in: 0, path: []) == nil)
        #expect(MerkleProof.root(leafHash: Self.some, at: -1, in: 1, path: []) == nil)
        #expect(MerkleProof.root(leafHash: Self.some, at: 2, in: 1, path: []) == nil)
    }

    @Test(arguments: Int64(1)...8) func `every size goes on from every smaller one, and spoilt proofs are none`(second: Int64) {
        let root = Self.root(of: 0..<second)
        for first in 1..<second {
            let earlier = Self.root(of: 0..<first)
            let path = Self.roots(of: MerkleProof.consistency(of: first, with: second), in: second) ?? []
            func holds(_ first: Int64, _ earlier: [UInt8], _ second: Int64, _ root: [UInt8], _ path: [[UInt8]]) -> Bool {
                MerkleProof.isConsistent(first, earlier, with: second, root, path: path)
            }
            #expect(holds(first, earlier, second, root, path), "\(first) of \(second)")
            for other in [first - 1, first + 1, first ^ 2] {
                #expect(!holds(other, earlier, second, root, path), "\(other) for \(first) of \(second)")
            }
            #expect(!holds(first, earlier, second * 2, root, path) && !holds(first, earlier, second / 2, root, path))
            #expect(!holds(first, Self.some, second, root, path) && !holds(first, earlier, second, Self.some, path))
            #expect(!holds(first, root, second, earlier, path) && !holds(first, earlier, second, root, []))
            for garbage in [[], earlier, root, path[0]] as [[UInt8]] {
                #expect(!holds(first, earlier, second, root, [garbage] + path), "\(first) of \(second)")
                #expect(!holds(first, earlier, second, root, path + [garbage]), "\(first) of \(second)")
            }
            #expect(!holds(first, earlier, second, root, path.dropLast()))
            for index in path.indices {
                var flipped = path
                flipped[index][0] ^= 16
                #expect(!holds(first, earlier, second, root, flipped))
            }
        }
    }

    /// `TestVerifyConsistency`, the sizes that are always or never consistent.
    @Test func `nothing is the beginning of everything, and nothing else needs no proof`() {
        let (one, two) = (Self.some, Self.empty)
        #expect(MerkleProof.isConsistent(0, one, with: 0, one, path: []))
        #expect(MerkleProof.isConsistent(0, one, with: 1, two, path: []))
        #expect(MerkleProof.isConsistent(1, two, with: 1, two, path: []))
        #expect(!MerkleProof.isConsistent(0, one, with: 0, two, path: []))
        #expect(!MerkleProof.isConsistent(1, one, with: 1, two, path: []))
        #expect(!MerkleProof.isConsistent(1, one, with: 0, two, path: []))
        #expect(!MerkleProof.isConsistent(2, one, with: 1, two, path: []))
        #expect(!MerkleProof.isConsistent(1, one, with: 2, two, path: []))
        for (first, second) in [(0, 0), (0, 1), (1, 1)] as [(Int64, Int64)] {
            #expect(!MerkleProof.isConsistent(first, two, with: second, two, path: [two]))
        }
        #expect(!MerkleProof.isConsistent(-1, one, with: 1, two, path: []))
    }

    @Test func `a subtree that lacks a leaf has no root`() {
        var roots = SubtreeRoots(of: [4..<8, 0..<2])
        for leaf in [0, 1, 4, 5, 7] as [Int64] { roots.append(Self.hashes[Int(leaf)], at: leaf) }
        #expect(roots.roots == nil)
        #expect(Self.roots(of: [4..<8, 0..<2], in: 8) == [Self.root(of: 4..<8), Self.root(of: 0..<2)])
    }
}
