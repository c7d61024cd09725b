import COpenSSL

/// Codes that only who has the key can make (RFC 2104).
public enum HMAC {
    /// HMAC-SHA256 of a message.
    public static func sha256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        code(message, key: key, digest: "SHA256", length: 32)
    }

    /// HMAC-SHA1 of a message, which one-time passwords are made of (RFC 4226). SHA-1 has collisions, and HMAC does not need that it had none; still, for
    /// nothing else.
    public static func sha1(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        code(message, key: key, digest: "SHA1", length: 20)
    }

    private static func code(_ message: [UInt8], key: [UInt8], digest: String, length: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
            let result = EVP_Q_mac(
                nil, "HMAC", nil, digest, nil, key, key.count, message, message.count, buffer.baseAddress, length, &filled)
            precondition(result != nil && filled == length, "HMAC failed")
        }
    }
}
