import COpenSSL

/// Signatures that everybody can check and only who has the seed can make (Ed25519, RFC 8032).
public enum Ed25519 {
    private static let name = "ED25519"

    /// The 32 bytes by which signatures are checked.
    ///
    /// - Parameter seed: the private key: 32 bytes, for nothing else; ``MasterKey/derive(_:)`` makes them.
    public static func publicKey(of seed: [UInt8]) -> [UInt8] {
        let key = privateKey(seed)
        defer { EVP_PKEY_free(key) }
        return [UInt8](unsafeUninitializedCapacity: 32) { buffer, filled in
            filled = 32
            precondition(EVP_PKEY_get_raw_public_key(key, buffer.baseAddress, &filled) == 1 && filled == 32)
        }
    }

    /// The 64 bytes of the signature, always the same for the same message and seed.
    public static func sign(_ message: [UInt8], seed: [UInt8]) -> [UInt8] {
        let key = privateKey(seed)
        let context = EVP_MD_CTX_new()
        defer {
            EVP_MD_CTX_free(context)
            EVP_PKEY_free(key)
        }
        precondition(EVP_DigestSignInit(context, nil, nil, nil, key) == 1, "Ed25519 failed")
        return [UInt8](unsafeUninitializedCapacity: 64) { buffer, filled in
            filled = 64
            precondition(EVP_DigestSign(context, buffer.baseAddress, &filled, message, message.count) == 1 && filled == 64)
        }
    }

    /// Whether a signature is of this message, by who has the private key. What is no key or no signature is none.
    public static func isSignature(_ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]) -> Bool {
        guard signature.count == 64, publicKey.count == 32,
            let key = EVP_PKEY_new_raw_public_key_ex(nil, name, nil, publicKey, publicKey.count)
        else { return false }
        let context = EVP_MD_CTX_new()
        defer {
            EVP_MD_CTX_free(context)
            EVP_PKEY_free(key)
            // A signature that is none leaves its reasons behind.
            ERR_clear_error()
        }
        guard EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1 else { return false }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    private static func privateKey(_ seed: [UInt8]) -> OpaquePointer {
        precondition(seed.count == 32)
        guard let key = EVP_PKEY_new_raw_private_key_ex(nil, name, nil, seed, seed.count) else { fatalError("libcrypto has no Ed25519") }
        return key
    }
}
