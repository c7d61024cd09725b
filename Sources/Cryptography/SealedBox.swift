import COpenSSL

/// Keeps bytes secret where they are stored, for who has the key to read them back: AES-256-GCM (NIST SP 800-38D).
///
/// A sealed form is a byte for the version (1), eight for the id of the key, twelve of random nonce, the ciphertext, and sixteen of the tag, which
/// vouches for all that stands before it and for what else was authenticated.
public enum SealedBox {
    private static let version: UInt8 = 1
    private static let keyIdLength = 8
    private static let header = 1 + keyIdLength

    /// - Parameter key: 32 bytes, for nothing but sealing: ``MasterKey/derive(_:)`` makes them.
    /// - Parameter context: where the secret belongs, such as the id of its row: elsewhere it cannot be opened. It is not a part of the sealed form.
    public static func seal(_ secret: [UInt8], key: [UInt8], authenticating context: [UInt8]) -> [UInt8] {
        let header = [version] + keyId(of: key)
        let nonce = SecureRandom.bytes(AESGCM.nonceLength)
        return header + nonce + AESGCM.seal(secret, key: key, nonce: nonce, authenticating: header + context)
    }

    /// - Throws: ``SealError``. Nothing of what was sealed comes out then.
    public static func open(_ sealed: [UInt8], key: [UInt8], authenticating context: [UInt8]) throws(SealError) -> [UInt8] {
        guard sealed.count >= header + AESGCM.nonceLength + AESGCM.tagLength else { throw .malformed }
        guard sealed[0] == version else { throw .unknownVersion(sealed[0]) }
        let header = Array(sealed[..<header])
        guard header.dropFirst().elementsEqual(keyId(of: key)) else { throw .otherKey }
        let nonce = Array(sealed[header.count..<header.count + AESGCM.nonceLength])
        let box = Array(sealed[(header.count + nonce.count)...])
        guard let secret = AESGCM.open(box, key: key, nonce: nonce, authenticating: header + context) else { throw .forged }
        return secret
    }

    /// Tells keys apart, and nobody what they are.
    private static func keyId(of key: [UInt8]) -> [UInt8] {
        Array(HMAC.sha256(Array("key id".utf8), key: key).prefix(keyIdLength))
    }
}

/// Why a sealed form was not opened.
public enum SealError: Error, Sendable, Hashable {
    /// Too short for one.
    case malformed
    /// A later saasctl made it.
    case unknownVersion(UInt8)
    /// It was sealed under another key: the profile's key file is not what it was.
    case otherKey
    /// Not as it was sealed, or not where it belongs.
    case forged
}

/// AES-256-GCM with nonces of 96 bits and tags of 128.
enum AESGCM {
    static let nonceLength = 12
    static let tagLength = 16

    /// - Returns: the ciphertext, and the tag behind it.
    static func seal(_ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], authenticating context: [UInt8]) -> [UInt8] {
        precondition(key.count == 32 && nonce.count == nonceLength)
        let cipher = CipherContext()
        var tag = [UInt8](repeating: 0, count: tagLength)
        precondition(EVP_EncryptInit_ex2(cipher.pointer, algorithm.pointer, key, nonce, nil) == 1)
        var output = cipher.update(plaintext, authenticating: context, by: EVP_EncryptUpdate)
        var rest: Int32 = 0
        precondition(EVP_EncryptFinal_ex(cipher.pointer, &output, &rest) == 1 && rest == 0)
        precondition(EVP_CIPHER_CTX_ctrl(cipher.pointer, EVP_CTRL_AEAD_GET_TAG, Int32(tagLength), &tag) == 1)
        return output[..<plaintext.count] + tag
    }

    /// - Returns: `nil` where the tag does not vouch for it.
    static func open(_ box: [UInt8], key: [UInt8], nonce: [UInt8], authenticating context: [UInt8]) -> [UInt8]? {
        precondition(key.count == 32 && nonce.count == nonceLength && box.count >= tagLength)
        let cipher = CipherContext()
        let ciphertext = Array(box.dropLast(tagLength))
        var tag = Array(box.suffix(tagLength))
        precondition(EVP_DecryptInit_ex2(cipher.pointer, algorithm.pointer, key, nonce, nil) == 1)
        var output = cipher.update(ciphertext, authenticating: context, by: EVP_DecryptUpdate)
        precondition(EVP_CIPHER_CTX_ctrl(cipher.pointer, EVP_CTRL_AEAD_SET_TAG, Int32(tagLength), &tag) == 1)
        var rest: Int32 = 0
        guard EVP_DecryptFinal_ex(cipher.pointer, &output, &rest) == 1 else { return nil }
        return Array(output[..<ciphertext.count])
    }
}

private struct CipherContext: ~Copyable {
    let pointer: OpaquePointer

    init() {
        guard let pointer = EVP_CIPHER_CTX_new() else { fatalError("no memory for a cipher") }
        self.pointer = pointer
    }

    deinit {
        EVP_CIPHER_CTX_free(pointer)
    }

    typealias Update = (OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int32>?, UnsafePointer<UInt8>?, Int32) -> Int32

    /// - Returns: the output, and room behind it for the call that ends the work, which writes nothing in this mode.
    func update(_ input: [UInt8], authenticating context: [UInt8], by update: Update) -> [UInt8] {
        var length: Int32 = 0
        // Without output: this is what is authenticated besides (EVP_EncryptInit(3), "AEAD INTERFACE"). Nothing at all is not to be handed over: a
        // null pointer would mean the end.
        if !context.isEmpty { precondition(update(pointer, nil, &length, context, Int32(context.count)) == 1) }
        var output = [UInt8](repeating: 0, count: input.count + AESGCM.tagLength)
        if !input.isEmpty { precondition(update(pointer, &output, &length, input, Int32(input.count)) == 1 && Int(length) == input.count) }
        return output
    }
}

/// Fetched once, as for SHA-256.
private struct Algorithm: @unchecked Sendable {
    // Immutable after the fetch; OpenSSL's fetched algorithms may be shared between threads (openssl-threads(7)).
    let pointer: OpaquePointer

    init() {
        guard let pointer = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) else { fatalError("libcrypto has no AES-256-GCM") }
        self.pointer = pointer
    }
}

private let algorithm = Algorithm()
