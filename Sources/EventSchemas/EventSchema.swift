public import Kernel

/// What everybody may count on in the data of one type of event: the text of `docs/schemas/<type>.json`.
public struct EventSchema: Sendable, Hashable {
    /// With its version: `saas.organization.created.v1`. The envelope has a name without one.
    public let type: String
    /// What the code calls it.
    public let name: String
    /// What happened, for people.
    public let meaning: String?
    /// What the event's subject is; `nil` for the envelope.
    public let aggregate: String?
    /// The services in whose outboxes it is, sorted; none for the envelope.
    public let publishers: [String]
    public let members: [JSONMember]

    public init(type: String, name: String, meaning: String? = nil, aggregate: String?, publishers: [String], members: [JSONMember]) {
        self.type = type
        self.name = name
        self.meaning = meaning
        self.aggregate = aggregate
        self.publishers = publishers.sorted()
        self.members = members
    }

    /// - Throws: ``ShapelessType``.
    public init(of event: any DomainEvent.Type, publishers: [String]) throws {
        self.init(
            type: event.eventType.description, name: String(describing: event), aggregate: event.aggregateType, publishers: publishers,
            members: try Self.members(of: event))
    }

    /// Of what is no event: the envelope.
    ///
    /// - Throws: ``ShapelessType``.
    public init(of value: (some Decodable).Type, type: String) throws {
        self.init(
            type: type, name: String(describing: value), aggregate: nil, publishers: [], members: try Self.members(of: value))
    }

    private static func members(of type: (some Decodable).Type) throws -> [JSONMember] {
        guard case .object(_, let members) = try JSONShape(of: type) else { throw ShapelessType(type, "it is no object") }
        return members
    }

    /// The name of its file.
    public var file: String { "\(type).json" }

    /// The schema as JSON Schema 2020-12, over several lines. `x-aggregate` and `x-publishers` are annotations.
    public var text: String {
        var keywords: [(key: String, value: OrderedJSON)] = [
            ("$schema", .string("https://json-schema.org/draft/2020-12/schema")), ("$id", .string(file)), ("title", .string(name)),
        ]
        if let meaning { keywords.append(("description", .string(meaning))) }
        if let aggregate { keywords.append(("x-aggregate", .string(aggregate))) }
        if !publishers.isEmpty { keywords.append(("x-publishers", .array(publishers.map { .string($0) }))) }
        return OrderedJSON.object(keywords + JSONShape.keywords(of: members)).text(pretty: true) + "\n"
    }

    /// Reads what ``text`` writes; the order of members is lost.
    ///
    /// - Throws: ``UnreadableSchema``, or `UnreadableJSON`.
    public init(parsing text: String) throws {
        let schema = try JSONValue(parsing: text)
        let file = try schema.text("$id")
        guard file.hasSuffix(".json"), try schema.text("type") == "object" else { throw UnreadableSchema(schema) }
        var publishers: [String] = []
        if case .array(let names)? = schema.member("x-publishers") { publishers = try names.map { try $0.string() } }
        self.init(
            type: String(file.dropLast(5)), name: try schema.text("title"), meaning: try schema.member("description")?.string(),
            aggregate: try schema.member("x-aggregate")?.string(), publishers: publishers, members: try JSONShape.members(of: schema))
    }
}
