import Audit
import Testing

/// The tree of eight leaves that Certificate Transparency's own tests use, with its published roots
/// (google/certificate-transparency, `merkle_tree_test.cc`; RFC 9162, section 2.1.1).
@Suite struct MerkleFrontierTests {
    private static let leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]

    private static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    private func tree(of size: Int) throws -> MerkleFrontier {
        var tree = MerkleFrontier()
        for leaf in Self.leaves.prefix(size) { tree.append(MerkleFrontier.leafHash(of: try bytes(leaf))) }
        return tree
    }

    private func bytes(_ hexadecimal: String) throws -> [UInt8] {
        let digits = try hexadecimal.map { try #require($0.hexDigitValue) }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }

    private func text(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test(arguments: 0...8) func `the root of each size is the published one`(size: Int) throws {
        let tree = try tree(of: size)
        #expect(tree.size == Int64(size))
        #expect(text(tree.root) == Self.roots[size])
    }

    @Test(arguments: 0...8) func `the frontier is one hash for each bit of the size, and enough to go on from`(size: Int) throws {
        let stored = try tree(of: size)
        #expect(stored.subtrees.count == size.nonzeroBitCount)
        var resumed = try #require(MerkleFrontier(size: stored.size, subtrees: stored.subtrees))
        for leaf in Self.leaves.dropFirst(size) { resumed.append(MerkleFrontier.leafHash(of: try bytes(leaf))) }
        #expect(resumed == (try tree(of: 8)))
        #expect(text(resumed.root) == Self.roots[8])
    }

    @Test func `a frontier that does not fit its size is none`() {
        let hash = [UInt8](repeating: 7, count: 32)
        #expect(MerkleFrontier(size: 0, subtrees: []) != nil)
        #expect(MerkleFrontier(size: 5, subtrees: [hash, hash]) != nil)
        #expect(MerkleFrontier(size: 5, subtrees: [hash]) == nil)
        #expect(MerkleFrontier(size: 4, subtrees: [hash, hash]) == nil)
        #expect(MerkleFrontier(size: 1, subtrees: [Array(hash.dropLast())]) == nil)
        #expect(MerkleFrontier(size: -1, subtrees: [hash]) == nil)
    }

    /// The format is final: this never changes.
    @Test func `a leaf is version, source, position and the event's hash`() {
        let leaf = AuditLeaf.bytes(source: "billing", position: 0x0102_0304_0506_0708, eventHash: [UInt8](repeating: 0xAB, count: 32))
        #expect(text(leaf) == "01" + "07" + "62696c6c696e67" + "0102030405060708" + String(repeating: "ab", count: 32))
    }
}
