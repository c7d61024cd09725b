import Kernel
import Testing

@testable import Cryptography

@Suite struct SealedBoxTests {
    private static let key = [UInt8](repeating: 3, count: 32)
    private static let context = Array("users/1".utf8)
    private let secret = Array("JBSWY3DPEHPK3PXP".utf8)

    /// "The Galois/Counter Mode of Operation" (McGrew and Viega), which SP 800-38D rests on: test cases 13 to 16, those of keys of 256 bits.
    private static let published: [(key: String, nonce: String, plaintext: String, context: String, box: String)] = [
        (String(repeating: "0", count: 64), String(repeating: "0", count: 24), "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
        (
            String(repeating: "0", count: 64), String(repeating: "0", count: 24), String(repeating: "0", count: 32), "",
            "cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919"
        ),
        (
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
            "",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
                + "b094dac5d93471bdec1a502270e3cc6c"
        ),
        (
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                + "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ]

    @Test(arguments: published) func `the cipher is that of SP 800-38D`(
        key: String, nonce: String, plaintext: String, context: String, box: String
    ) {
        let sealed = AESGCM.seal(bytes(plaintext), key: bytes(key), nonce: bytes(nonce), authenticating: bytes(context))
        #expect(sealed.hexadecimal == box)
        #expect(AESGCM.open(bytes(box), key: bytes(key), nonce: bytes(nonce), authenticating: bytes(context)) == bytes(plaintext))
    }

    @Test(arguments: [0, 1, 15, 16, 17, 1_000]) func `what was sealed is opened again`(length: Int) throws {
        let secret = SecureRandom.bytes(length)
        let sealed = SealedBox.seal(secret, key: Self.key, authenticating: Self.context)
        #expect(sealed.count == 1 + 8 + 12 + length + 16)
        #expect(try SealedBox.open(sealed, key: Self.key, authenticating: Self.context) == secret)
        #expect(try SealedBox.open(SealedBox.seal(secret, key: Self.key, authenticating: []), key: Self.key, authenticating: []) == secret)
    }

    @Test func `sealing twice gives two forms, neither of which has the secret in it`() {
        let first = SealedBox.seal(secret, key: Self.key, authenticating: Self.context)
        let second = SealedBox.seal(secret, key: Self.key, authenticating: Self.context)
        #expect(first != second && first.prefix(9) == second.prefix(9))
        for form in [first, second] { #expect(!form.hexadecimal.contains(secret.hexadecimal)) }
    }

    @Test func `a changed bit, wherever it is, leaves it closed`() {
        let sealed = SealedBox.seal(secret, key: Self.key, authenticating: Self.context)
        for place in sealed.indices {
            for bit in 0..<8 {
                var changed = sealed
                changed[place] ^= 1 << UInt8(bit)
                #expect(throws: place == 0 ? .unknownVersion(changed[0]) : place < 9 ? .otherKey : SealError.forged) {
                    try SealedBox.open(changed, key: Self.key, authenticating: Self.context)
                }
            }
        }
        for count in 0..<37 {
            #expect(throws: SealError.malformed) {
                try SealedBox.open(Array(sealed.prefix(count)), key: Self.key, authenticating: Self.context)
            }
        }
        #expect(throws: SealError.forged) { try SealedBox.open(sealed + [0], key: Self.key, authenticating: Self.context) }
    }

    @Test func `it is opened by its key alone, and where it belongs alone`() {
        let sealed = SealedBox.seal(secret, key: Self.key, authenticating: Self.context)
        #expect(throws: SealError.otherKey) {
            try SealedBox.open(sealed, key: [UInt8](repeating: 4, count: 32), authenticating: Self.context)
        }
        for other in [[], Array("users/2".utf8), Self.context + [0]] {
            #expect(throws: SealError.forged) { try SealedBox.open(sealed, key: Self.key, authenticating: other) }
        }
    }

    /// Made with Python's `cryptography`, whose AESGCM is another binding of the same specification.
    @Test func `the sealed form is fixed, for what is stored already`() throws {
        let sealed = bytes("019b9db14b17ab2efa000102030405060708090a0b0df3251b96d3195e748d36edd4b9dfa588804e0696c13965b2e8de505d821c19")
        #expect(try SealedBox.open(sealed, key: Self.key, authenticating: Self.context) == secret)
    }
}

private func bytes(_ hexadecimal: String) -> [UInt8] {
    var rest = hexadecimal[...]
    var bytes: [UInt8] = []
    while !rest.isEmpty {
        bytes.append(UInt8(rest.prefix(2), radix: 16) ?? 0)
        rest = rest.dropFirst(2)
    }
    return bytes
}
