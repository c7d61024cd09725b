/// The databases of all services: one pattern, some named one by one, or both.
public struct ServiceDatabases: Sendable, Hashable {
    /// The connection string of every service that is not named; `{service}` stands for the service's name.
    public var pattern: ConnectionString?
    /// Connection strings of single services, which win over the pattern. They may use `{service}` too.
    public var named: [String: ConnectionString]

    public init(pattern: String? = nil, named: [String: String] = [:]) {
        self.pattern = pattern.map { ConnectionString($0) }
        self.named = named.mapValues { ConnectionString($0) }
    }

    /// - Returns: `nil` for a service that has neither a string of its own nor a pattern.
    public subscript(service: String) -> ConnectionString? {
        (named[service] ?? pattern).map { ConnectionString($0.text.replacing(Self.placeholder, with: service)) }
    }

    public var isEmpty: Bool { pattern == nil && named.isEmpty }

    /// These where they say something, `others` elsewhere. A pattern speaks for every service, so nothing shines through it.
    func filled(from others: ServiceDatabases) -> ServiceDatabases {
        guard pattern == nil else { return self }
        var result = others
        result.named.merge(named) { $1 }
        return result
    }

    static let placeholder = "{service}"
}
