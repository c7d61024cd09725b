import Cryptography
import Testing

/// Against the published test vectors of RFC 8032, section 7.1.
@Suite struct Ed25519Tests {
    private static let vectors = [
        (
            seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: "",
            signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                + "d25bf5f0595bbe24655141438e7a100b"
        ),
        (
            seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72",
            signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                + "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ]

    private func bytes(_ hexadecimal: String) throws -> [UInt8] {
        let digits = try hexadecimal.map { try #require($0.hexDigitValue) }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }

    @Test(arguments: 0..<vectors.count) func `keys and signatures are the published ones`(index: Int) throws {
        let vector = Self.vectors[index]
        let (seed, key, message) = (try bytes(vector.seed), try bytes(vector.key), try bytes(vector.message))
        #expect(Ed25519.publicKey(of: seed) == key)
        let signature = Ed25519.sign(message, seed: seed)
        #expect(signature == (try bytes(vector.signature)))
        #expect(Ed25519.isSignature(signature, of: message, by: key))
    }

    @Test func `any other bit, message or key is no signature`() throws {
        let seed = try bytes(Self.vectors[1].seed)
        let key = Ed25519.publicKey(of: seed)
        let message: [UInt8] = Array("the log".utf8)
        let signature = Ed25519.sign(message, seed: seed)
        for bit in 0..<512 {
            var forged = signature
            forged[bit / 8] ^= 1 << (bit % 8)
            #expect(!Ed25519.isSignature(forged, of: message, by: key), "bit \(bit)")
        }
        #expect(!Ed25519.isSignature(signature, of: message + [0], by: key))
        #expect(!Ed25519.isSignature(signature, of: [], by: key))
        #expect(!Ed25519.isSignature(signature, of: message, by: try bytes(Self.vectors[0].key)))
        #expect(!Ed25519.isSignature(Array(signature.dropLast()), of: message, by: key))
        #expect(!Ed25519.isSignature([], of: message, by: key))
        #expect(!Ed25519.isSignature(signature, of: message, by: []))
        #expect(!Ed25519.isSignature(signature, of: message, by: [UInt8](repeating: 0xFF, count: 32)))
    }
}
