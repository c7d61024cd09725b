public import FoundationEssentials
public import Kernel

/// A customer: the tenant that everything else belongs to.
public struct Organization: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case active
        /// Takes no changes; can be restored for a while.
        case deleted
        /// Nothing is left but the id, and the slugs that it went by.
        case purged
    }

    public let id: UUID
    public let slug: String
    /// `nil` once it is purged.
    public let name: String?
    public let status: Status
    /// The optimistic version of the row; rises with every change.
    public let version: Int64
    public let createdAt: Timestamp
    public let updatedAt: Timestamp
    public let deletedAt: Timestamp?
    /// When there is no way back any more.
    public let purgeAt: Timestamp?
    /// It is active, and has no owner who can act: all are disabled, or erased.
    public let isOwnerless: Bool
}

/// What people and scripts call an organization: 2 to 63 lower-case letters, digits and single hyphens inside, so that it can be a label of
/// a host name (RFC 1123, section 2.1).
public struct Slug: Sendable, Hashable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) throws(OrganizationError) {
        let scalars = Array(text.utf8)
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard (2...63).contains(scalars.count), let first = scalars.first, let last = scalars.last, isAlphanumeric(first),
            isAlphanumeric(last),
            scalars.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: "-") }), !text.contains("--")
        else { throw .invalidSlug(text) }
        guard UUID(uuidString: text) == nil else { throw .invalidSlug(text) }
        self.text = text
    }

    public var description: String { text }
}

/// An organization's name: one line of 1 to 200 characters of any script, as typed but trimmed.
public struct OrganizationName: Sendable, Hashable {
    public let text: String

    public init(_ raw: String) throws(OrganizationError) {
        let trimmed = raw.trimmed
        guard trimmed.isPrintableLine(ofLength: 1...200) else { throw .invalidName(raw) }
        self.text = trimmed
    }
}
