import COpenSSL

/// The 32-byte secret from which every other key of a profile is derived.
public struct MasterKey: Sendable, CustomStringConvertible {
    private let bytes: [UInt8]

    /// - Returns: `nil` unless there are exactly 32 bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    public static func random() -> MasterKey {
        MasterKey(validated: SecureRandom.bytes(32))
    }

    private init(validated bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// What the key file holds.
    public var rawValue: [UInt8] { bytes }

    /// Never the key itself: a master key that is printed by accident says nothing.
    public var description: String { "MasterKey(redacted)" }

    /// A 32-byte key for one purpose (HKDF-SHA256, RFC 5869, no salt).
    ///
    /// - Parameter purpose: names the use, `idempotency` for instance; other purposes give independent keys.
    public func derive(_ purpose: String) -> [UInt8] {
        guard let kdf = EVP_KDF_fetch(nil, "HKDF", nil), let context = EVP_KDF_CTX_new(kdf) else { fatalError("libcrypto has no HKDF") }
        defer {
            EVP_KDF_CTX_free(context)
            EVP_KDF_free(kdf)
        }
        var key = bytes
        var info = Array(purpose.utf8)
        var digest = Array("SHA256".utf8CString)
        var output = [UInt8](repeating: 0, count: 32)
        let derived = key.withUnsafeMutableBytes { key in
            info.withUnsafeMutableBytes { info in
                digest.withUnsafeMutableBufferPointer { digest in
                    let parameters = [
                        OSSL_PARAM_construct_utf8_string(lasting("digest"), digest.baseAddress, 0),
                        OSSL_PARAM_construct_octet_string(lasting("key"), key.baseAddress, key.count),
                        OSSL_PARAM_construct_octet_string(lasting("info"), info.baseAddress, info.count),
                        OSSL_PARAM_construct_end(),
                    ]
                    return EVP_KDF_derive(context, &output, output.count, parameters)
                }
            }
        }
        precondition(derived == 1, "HKDF failed")
        return output
    }
}

/// A C string for the life of the process. A parameter keeps the pointer to its name, and that of a literal which becomes a `String` is gone
/// when the call returns (OSSL_PARAM(3)).
private func lasting(_ name: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
}

public enum SecureRandom {
    /// Bytes from the system's cryptographic generator (RAND_bytes(3)).
    public static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            precondition(RAND_bytes(buffer.baseAddress, Int32(count)) == 1, "the system has no randomness to give")
            filled = count
        }
    }
}
