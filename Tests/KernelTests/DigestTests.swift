import Cryptography
import Testing

@Suite struct DigestTests {
    /// The examples that NIST publishes for FIPS 180-4, and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
        (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func `SHA-256 is that of FIPS 180-4`(message: String, digest: String) {
        #expect(hexadecimal(SHA256.hash(Array(message.utf8))) == digest)
    }

    @Test(arguments: [1, 3, 55, 56, 63, 64, 65, 1_000])
    func `pieces make the digest of the whole, and the next message begins anew`(piece: Int) {
        let message = (0..<777).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var sha = SHA256()
        for _ in 0..<2 {
            for start in stride(from: 0, to: message.count, by: piece) {
                message[start..<min(start + piece, message.count)].withUnsafeBytes { sha.update($0) }
            }
            sha.update(UnsafeRawBufferPointer(start: nil, count: 0))
            #expect(sha.finish() == SHA256.hash(message))
        }
    }

    /// RFC 4231, test cases 1 to 4, 6 and 7.
    @Test(
        arguments: [
            (
                [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                Array<UInt8>(0x01...0x19), [UInt8](repeating: 0xCD, count: 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
            ),
            (
                [UInt8](repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            (
                [UInt8](repeating: 0xAA, count: 131),
                Array(
                    ("This is a test using a larger than block-size key and a larger than block-size data. "
                        + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
            ),
        ] as [([UInt8], [UInt8], String)])
    func `HMAC is that of RFC 4231`(key: [UInt8], message: [UInt8], code: String) {
        #expect(hexadecimal(HMAC.sha256(message, key: key)) == code)
    }

    /// RFC 2202, test cases 1, 2, 6 and 7 of HMAC-SHA1.
    @Test(
        arguments: [
            ([UInt8](repeating: 0x0B, count: 20), "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"),
            (Array("Jefe".utf8), "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (
                [UInt8](repeating: 0xAA, count: 80), "Test Using Larger Than Block-Size Key - Hash Key First",
                "aa4ae5e15272d00e95705637ce8a3b55ed402112"
            ),
            (
                [UInt8](repeating: 0xAA, count: 80), "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data",
                "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"
            ),
        ] as [([UInt8], String, String)])
    func `HMAC-SHA1 is that of RFC 2202`(key: [UInt8], message: String, code: String) {
        #expect(hexadecimal(HMAC.sha1(Array(message.utf8), key: key)) == code)
    }

    @Test func `an empty message and an empty key have a code too`() {
        #expect(
            hexadecimal(HMAC.sha256([], key: [])) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    /// A derived key has no salt and the length of one hash, so the RFC's own vectors test this definition here, and it tests the keys.
    @Test(arguments: ["", "idempotency", "a purpose that is longer than one block of the hash function, which has sixty-four bytes"])
    func `a derived key is that of RFC 5869`(purpose: String) throws {
        let bytes = (0..<32).map { UInt8($0 * 7) }
        let key = try #require(MasterKey(bytes))
        #expect(key.derive(purpose) == hkdf(bytes, salt: [], info: Array(purpose.utf8), length: 32))
    }

    /// RFC 5869, appendices A.1 to A.3.
    @Test func `the definition used here gives the keys of RFC 5869`() {
        let short = [UInt8](repeating: 0x0B, count: 22)
        #expect(
            hexadecimal(hkdf(short, salt: Array(0x00...0x0C), info: Array(0xF0...0xF9), length: 42))
                == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
        #expect(
            hexadecimal(hkdf(Array(0x00...0x4F), salt: Array(0x60...0xAF), info: Array(0xB0...0xFF), length: 82))
                == "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87")
        #expect(
            hexadecimal(hkdf(short, salt: [], info: [], length: 42))
                == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")
    }

    @Test func `random bytes are as many as asked for, and never the same`() {
        #expect(SecureRandom.bytes(0).isEmpty)
        #expect(SecureRandom.bytes(33).count == 33)
        #expect(SecureRandom.bytes(32) != SecureRandom.bytes(32))
        #expect(MasterKey.random().rawValue != MasterKey.random().rawValue)
    }
}

/// HKDF-SHA256, literally as RFC 5869, sections 2.2 and 2.3, has it.
private func hkdf(_ material: [UInt8], salt: [UInt8], info: [UInt8], length: Int) -> [UInt8] {
    let key = HMAC.sha256(material, key: salt.isEmpty ? [UInt8](repeating: 0, count: 32) : salt)
    var output: [UInt8] = []
    var block: [UInt8] = []
    var counter: UInt8 = 1
    while output.count < length {
        block = HMAC.sha256(block + info + [counter], key: key)
        output += block
        counter += 1
    }
    return Array(output.prefix(length))
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
