import COpenSSL

/// A SHA-256 computation (FIPS 180-4) over bytes that arrive in pieces.
public struct SHA256: ~Copyable {
    private let context: OpaquePointer

    public init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex2(context, algorithm.pointer, nil) == 1 else {
            fatalError("libcrypto has no SHA-256")
        }
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        precondition(EVP_DigestUpdate(context, base, bytes.count) == 1)
    }

    /// The 32 bytes of the digest; the computation starts anew afterwards, for the next message.
    public mutating func finish() -> [UInt8] {
        let digest = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            var length: UInt32 = 0
            precondition(EVP_DigestFinal_ex(context, buffer.baseAddress, &length) == 1 && length == 32)
            count = 32
        }
        precondition(EVP_DigestInit_ex2(context, algorithm.pointer, nil) == 1)
        return digest
    }

    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var sha = SHA256()
        bytes.withUnsafeBytes { sha.update($0) }
        return sha.finish()
    }
}

/// Fetched once: EVP_MD_fetch(3) names the cost of fetching per message.
private struct Algorithm: @unchecked Sendable {
    // Immutable after the fetch; OpenSSL's fetched algorithms may be shared between threads (openssl-threads(7)).
    let pointer: OpaquePointer

    init() {
        guard let pointer = EVP_MD_fetch(nil, "SHA256", nil) else { fatalError("libcrypto has no SHA-256") }
        self.pointer = pointer
    }
}

private let algorithm = Algorithm()
