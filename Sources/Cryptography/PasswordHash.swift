import CCrypt

#if canImport(Glibc)
    import Glibc
#endif

/// A password's bcrypt hash in the form of crypt(5): `$2b$12$…`.
public struct PasswordHash: Sendable, Hashable {
    public let text: String

    /// Hashes by the system's crypt(3) with a random salt.
    ///
    /// - Parameter password: at most 72 bytes without NUL; the caller refuses others, because bcrypt would ignore the rest.
    /// - Parameter cost: the binary logarithm of the rounds, 4 to 31.
    /// - Throws: ``CryptUnavailable`` where the system's crypt(3) has no bcrypt.
    public init(bcrypt password: String, cost: Int) throws {
        precondition((4...31).contains(cost) && Self.isReadWhole(password))
        var random = SecureRandom.bytes(16).map { CChar(bitPattern: $0) }
        let setting = crypt_gensalt_ra("$2b$", UInt(cost), &random, Int32(random.count))
        guard let setting else { throw CryptUnavailable() }
        defer { free(setting) }
        text = try Self.crypt(password, setting: setting)
    }

    /// A hash that was stored.
    public init(stored text: String) {
        self.text = text
    }

    /// Whether the password is the one hashed. Takes as long as hashing it; but for one that cannot have been hashed, which says nothing
    /// about the one that was.
    ///
    /// - Throws: ``CryptUnavailable``, also where what was stored is no hash.
    public func matches(_ password: String) throws -> Bool {
        guard Self.isReadWhole(password) else { return false }
        let computed = try text.withCString { try Self.crypt(password, setting: $0) }
        return computed.utf8.count == text.utf8.count && zip(computed.utf8, text.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The binary logarithm of the rounds; zero for what is no bcrypt hash.
    public var cost: Int {
        let parts = text.split(separator: "$")
        return parts.count == 3 ? Int(parts[1]) ?? 0 : 0
    }

    /// bcrypt ends at a NUL and after 72 bytes, and would take what stands before for the whole password.
    public static func isReadWhole(_ password: String) -> Bool {
        password.utf8.count <= 72 && !password.utf8.contains(0)
    }

    private static func crypt(_ password: String, setting: UnsafePointer<CChar>) throws -> String {
        var memory: UnsafeMutableRawPointer?
        var size: Int32 = 0
        defer { free(memory) }
        // A failure token of crypt(3) starts with an asterisk.
        guard let result = crypt_ra(password, setting, &memory, &size), result.pointee != CChar(bitPattern: UInt8(ascii: "*")) else {
            throw CryptUnavailable()
        }
        return String(cString: result)
    }
}

/// The system's crypt(3) cannot compute bcrypt.
public struct CryptUnavailable: Error {}
