extension Row {
    /// The value of a column, counted from 0, as one of an enum's cases.
    ///
    /// - Throws: `PostgresError` of kind `.decoding`, ``UnknownValue`` for a value that the enum has no case for.
    public func get<Value: RawRepresentable>(_ index: Int, as type: Value.Type = Value.self) throws -> Value
    where Value.RawValue: PostgresDecodable {
        let raw: Value.RawValue = try get(index)
        guard let value = Value(rawValue: raw) else {
            throw UnknownValue(type: String(describing: Value.self), value: String(describing: raw))
        }
        return value
    }
}

/// A stored value that this program knows no case for: the database is newer, or somebody wrote past the checks.
public struct UnknownValue: Error, Sendable, CustomStringConvertible {
    public let type: String
    public let value: String

    public init(type: String, value: String) {
        self.type = type
        self.value = value
    }

    public var description: String { "\"\(value)\" is no \(type)" }
}
