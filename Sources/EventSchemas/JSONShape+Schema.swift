import Kernel

extension JSONShape {
    /// The keywords of JSON Schema 2020-12 that say it.
    var keywords: [(key: String, value: OrderedJSON)] {
        switch self {
        case .boolean: [("type", .string("boolean"))]
        case .integer: [("type", .string("integer"))]
        case .string(let format): [("type", .string("string"))] + (format.map { [("format", .string($0.rawValue))] } ?? [])
        case .choice(let name, let values):
            [("title", .string(name)), ("type", .string("string")), ("enum", .array(values.map { .string($0) }))]
        case .array(let element): [("type", .string("array")), ("items", .object(element.keywords))]
        case .object(let name, let members): [("title", .string(name))] + Self.keywords(of: members)
        }
    }

    /// Members that nobody has heard of are allowed, as readers pass over them.
    static func keywords(of members: [JSONMember]) -> [(key: String, value: OrderedJSON)] {
        [
            ("type", .string("object")),
            ("properties", .object(members.map { ($0.name, .object($0.keywords)) })),
            ("required", .array(members.filter(\.isRequired).map { .string($0.name) })),
        ]
    }

    /// Reads what ``keywords`` writes; the order of members is lost.
    init(schema: JSONValue) throws {
        switch try schema.text("type") {
        case "boolean": self = .boolean
        case "integer": self = .integer
        case "string":
            if case .array(let values)? = schema.member("enum") {
                self = .choice(name: try schema.text("title"), try values.map { try $0.string() })
            } else if schema.member("format") != nil {
                guard let format = Format(rawValue: try schema.text("format")) else { throw UnreadableSchema(schema) }
                self = .string(format)
            } else {
                self = .string(nil)
            }
        case "array":
            guard let items = schema.member("items") else { throw UnreadableSchema(schema) }
            self = .array(try JSONShape(schema: items))
        case "object": self = .object(name: try schema.text("title"), try Self.members(of: schema))
        default: throw UnreadableSchema(schema)
        }
    }

    static func members(of schema: JSONValue) throws -> [JSONMember] {
        guard case .object(let properties)? = schema.member("properties"), case .array(let required)? = schema.member("required") else {
            throw UnreadableSchema(schema)
        }
        return try properties.sorted { $0.key < $1.key }.map { name, property in
            JSONMember(
                name: name, shape: try JSONShape(schema: property), isRequired: required.contains(.string(name)),
                meaning: property.member("description").flatMap { try? $0.string() })
        }
    }
}

extension JSONMember {
    fileprivate var keywords: [(key: String, value: OrderedJSON)] {
        shape.keywords + (meaning.map { [("description", .string($0))] } ?? [])
    }
}

/// A schema that says more, or less, than those that are generated.
public struct UnreadableSchema: Error, CustomStringConvertible {
    public let description: String

    init(_ schema: JSONValue) {
        description = "no schema of an event, or of a part of one: \(schema.compact)"
    }
}

extension JSONValue {
    func member(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    func text(_ name: String) throws -> String {
        guard case .string(let text)? = member(name) else { throw UnreadableSchema(self) }
        return text
    }

    func string() throws -> String {
        guard case .string(let text) = self else { throw UnreadableSchema(self) }
        return text
    }
}
