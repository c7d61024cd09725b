import Cryptography
import Testing

/// The expected keys are what `openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexkey:… -kdfopt info:… HKDF` prints.
@Suite struct MasterKeyTests {
    private static let bytes = Array<UInt8>(0..<32)

    @Test(arguments: [
        ("idempotency", "55913a9ab64d36a7731b3b1bf18d7fb268c328b87942c40a62d150413e87c6fa"),
        ("a purpose that is longer than fifteen bytes", "21871eb5394d664e3fb5ef1f1e29225de7727bded0e2e2feab7e3d02f7f3a1cb"),
    ])
    func derivesTheKeyOfRFC5869(purpose: String, expected: String) throws {
        let key = try #require(MasterKey(Self.bytes))
        #expect(hexadecimal(key.derive(purpose)) == expected)
    }

    @Test func takesThirtyTwoBytesOnly() {
        #expect(MasterKey(Array(Self.bytes.dropLast())) == nil)
        #expect(MasterKey(Self.bytes + [0]) == nil)
    }

    @Test func neverPrintsItself() throws {
        #expect(String(describing: try #require(MasterKey(Self.bytes))) == "MasterKey(redacted)")
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
