/// Where a database is and who connects, in libpq's own words: `key=value` pairs or a `postgresql://` address.
///
/// It may hold a password, so nothing prints it: neither interpolation nor a dump shows more than that there is one.
public struct ConnectionString: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text for libpq. Never for a message, a log or a record.
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    /// Whether a `postgresql://` address has a character in front of its host that ends the user's part too early: libpq would then take
    /// a piece of the password for host, port or database, and say so.
    public var hasAmbiguousPassword: Bool {
        guard let scheme = ["postgresql://", "postgres://"].first(where: text.hasPrefix) else { return false }
        let rest = text.dropFirst(scheme.count).prefix { $0 != "?" }
        guard let at = rest.lastIndex(of: "@") else { return false }
        return rest[..<at].contains { $0 == "@" || $0 == "/" }
    }

    public var description: String { "ConnectionString(redacted)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
