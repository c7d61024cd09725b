/// JSON as saasctl writes it everywhere: keys in snake_case and in their order of declaration, UUIDs in lower case, so that equal values
/// are equal bytes.
public enum JSONCoding {
    /// - Throws: what the value's own `encode(to:)` throws.
    public static func encode(_ value: some Encodable) throws -> String {
        try OrderedJSONEncoder.encode(value).text(pretty: false)
    }

    /// - Throws: ``UnreadableJSON`` where the text is not JSON or does not fit the type.
    public static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from text: String) throws -> Value {
        try JSONReader.decode(type, from: text)
    }

    /// How the name of a property is written: `organizationId` as `organization_id`.
    public static func key(_ name: String) -> String {
        SnakeCase.text(name)
    }
}

/// Any JSON value, for what is stored as JSON and passed on unread.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// - Throws: ``UnreadableJSON`` where the text is not JSON. Keys stay as they are.
    public init(parsing text: String) throws {
        self = try JSONReader.decode(JSONValue.self, from: text)
    }

    /// - Throws: what the value's own `encode(to:)` throws.
    public init(encoding value: some Encodable) throws {
        try self.init(parsing: JSONCoding.encode(value))
    }
}

extension JSONValue {
    /// On one line, keys in alphabetical order and as they are.
    public var compact: String { OrderedJSON(self).text(pretty: false) }

    /// The same over several lines.
    public var indented: String { OrderedJSON(self).text(pretty: true) }
}

extension JSONValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
