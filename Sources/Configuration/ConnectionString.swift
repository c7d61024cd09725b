/// Where a database is and who connects, in libpq's own words: `key=value` pairs or a `postgresql://` address.
///
/// It may hold a password, so nothing prints it: neither interpolation nor a dump shows more than that there is one.
public struct ConnectionString: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text for libpq. Never for a message, a log or a record.
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    public var description: String { "ConnectionString(redacted)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
