public import FoundationEssentials
public import Kernel

/// A person who can log in. The only place where address and name are kept.
public struct User: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case active, disabled
    }

    public let id: UUID
    public let email: String
    public let name: String
    public let status: Status
    /// False until a first password is set, at registration or by a reset.
    public let hasPassword: Bool
    /// The optimistic version of the row; rises with every change.
    public let version: Int64
    public let createdAt: Timestamp
    public let updatedAt: Timestamp
}

/// A syntactically sound e-mail address, as typed but trimmed.
///
/// Sound means: one `@` between a local part of at most 64 and a domain of at most 255 bytes (RFC 5321, section 4.5.3.1), a dot inside the
/// domain, no blanks, no control characters, nothing invisible. Letters of any script are welcome (RFC 6531). Whether it exists only mail can tell.
public struct EmailAddress: Sendable, Hashable, CustomStringConvertible {
    public let text: String

    public init(_ raw: String) throws(IdentityError) {
        let trimmed = raw.trimmed
        let parts = trimmed.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count), (3...255).contains(parts[1].utf8.count),
            !parts[1].hasPrefix("."), !parts[1].hasSuffix("."), !parts[1].contains(".."), parts[1].dropFirst().contains("."),
            !parts[0].hasPrefix("."), !parts[0].hasSuffix("."),
            trimmed.isPrintableLine(ofLength: 3...320), !trimmed.containsInvisibles,
            trimmed.unicodeScalars.allSatisfy({ !$0.properties.isWhitespace && !"<>()[]\\,;:\"".unicodeScalars.contains($0) })
        else { throw .invalidEmail(raw) }
        self.text = trimmed
    }

    /// What stands before the `@`.
    public var localPart: String { String(text.prefix { $0 != "@" }) }

    /// Lower case; the database adds Unicode normalisation. Two addresses that agree in it are one user.
    public var folded: String { text.lowercased() }

    public var description: String { text }
}

/// A person's display name: one line of 1 to 200 characters.
public struct PersonName: Sendable, Hashable {
    public let text: String

    public init(_ raw: String) throws(IdentityError) {
        let trimmed = raw.trimmed
        guard trimmed.isPrintableLine(ofLength: 1...200) else { throw .invalidName(raw) }
        self.text = trimmed
    }
}
