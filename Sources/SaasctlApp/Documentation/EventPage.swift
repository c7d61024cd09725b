import EventSchemas
import Kernel
import Outbox

/// The page about all events: who tells what, who acts on it, and what may become of it.
struct EventPage {
    let schemas: [EventSchema]
    let envelope: EventSchema
    let modules: [ServiceModule]

    var text: String {
        ([Self.beginning] + overview + ["## Envelope", Self.aboutEnvelope] + envelopeTable + ["## Events", Self.aboutEvents]
            + schemas.flatMap(section)).joined(separator: "\n\n") + "\n"
    }

    private static let beginning = """
        # Events

        What the services tell each other, made from the types in the code by `make generate` and never edited. Each type has a
        [JSON Schema](https://json-schema.org/draft/2020-12) in [schemas/](schemas), which says what its `data` is; [outbox.md](outbox.md) says how
        events are stored and read.

        ## What may become of them

        - Of a type that was released, fields are only ever added, and only such as may be absent. None is removed, renamed, given another type, or
          made required; one that was always there goes on being there.
        - A field that takes one of several values takes those for good. A reader refuses one that it does not know, so another value is
          another version.
        - Where a field is to mean something else, or one of these rules does not do, the type gets a new version: `saas.plan.created.v2`. A reader
          of version *n* reads all versions up to *n*. A newer one **stops its lane**, which asks for an upgrade; nothing is skipped or guessed.
        - The aggregate of a type stays, and so does every service that publishes it; another service may publish it too.
        - Readers pass over fields that they do not know. An absent field is not there at all; nothing is ever null.
        - An integer that may pass 2^53 is a string. Money is an integer of minor units and a currency. Times are RFC 3339 in UTC, ids are in
          lower case. There is no personal data and no free text.

        A test holds the types against the schemas in [schemas/released/](schemas/released); [contributing.md](contributing.md) says how a release
        brings those up to date.
        """

    private static let aboutEnvelope = """
        What is stored of each event, as `saasctl audit export` writes it: one object a line. It is that of
        [CloudEvents 1.0](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md), whose names the last column has; `specversion` is
        `1.0` and `datacontenttype` is `application/json` for all of them. Schema: [envelope.json](schemas/envelope.json).
        """

    private static let aboutEvents = """
        "Audit" takes all of them and is not named. A field is there always, unless it is marked as optional.
        """

    /// CloudEvents' name of each field of the envelope that it has.
    private static let attributes = [
        "source": "`source`, as `/saasctl/<source>`", "id": "`id`", "type": "`type`", "subject": "`subject`", "time": "`time`",
        "data": "`data`",
        "sequence": "`sequence`", "organization_id": "`orgid`", "correlation_id": "`correlationid`", "causation_id": "`causationid`",
        "actor": "`actor`", "traceparent": "`traceparent`",
    ]

    private var overview: [String] {
        let rows = schemas.map { schema in
            [
                "[\(schema.name)](#\(schema.name.lowercased()))", "`\(schema.type)`", schema.aggregate ?? "",
                schema.publishers.joined(separator: ", "),
                consumers(of: schema).joined(separator: ", "),
            ]
        }
        let takers = modules.flatMap(\.consumers).filter { $0.understands == nil }.map(\.name)
        return [
            "## Who tells and who acts",
            "Consumers that act on a type; \(takers.joined(separator: ", ")) takes every event of every service besides, unread.",
            Self.table(["event", "type", "aggregate", "published by", "acted on by"], rows),
        ]
    }

    /// The consumers that name the type and read an outbox which has it.
    private func consumers(of schema: EventSchema) -> [String] {
        modules.flatMap(\.consumers).filter { consumer in
            let names = (consumer.understands ?? []).map(\.name)
            return EventType(schema.type).map { names.contains($0.name) } == true
                && !Set(consumer.sources).isDisjoint(with: schema.publishers)
        }.map(\.name)
    }

    private var envelopeTable: [String] {
        let rows = envelope.members.map { member in
            ["`\(member.name)`", Self.type(of: member), member.meaning ?? "", Self.attributes[member.name] ?? ""]
        }
        return [Self.table(["field", "type", "meaning", "CloudEvents"], rows)]
    }

    private func section(of schema: EventSchema) -> [String] {
        let consumers = consumers(of: schema)
        let facts =
            "[`\(schema.type)`](schemas/\(schema.file)), aggregate `\(schema.aggregate ?? "")`, published by \(schema.publishers.listed())"
            + (consumers.isEmpty ? "; nobody acts on it." : ", acted on by \(consumers.listed()).")
        return ["### \(schema.name)"] + (schema.meaning.map { [$0] } ?? []) + [
            facts,
            Self.table(["field", "type", "meaning"], rows(of: schema.members, in: "")),
        ]
    }

    private func rows(of members: [JSONMember], in prefix: String) -> [[String]] {
        members.flatMap { member in
            [["`\(prefix)\(member.name)`", Self.type(of: member), member.meaning ?? ""]]
                + inner(of: member.shape, "\(prefix)\(member.name)")
        }
    }

    /// The members of a member. Those of money are told once, above.
    private func inner(of shape: JSONShape, _ prefix: String) -> [[String]] {
        switch shape {
        case .boolean, .integer, .string, .choice: []
        case .array(let element): inner(of: element, prefix + "[]")
        case .object(let name, let members): name == String(describing: Money.self) ? [] : rows(of: members, in: prefix + ".")
        }
    }

    private static func type(of member: JSONMember) -> String {
        type(of: member.shape) + (member.isRequired ? "" : ", optional")
    }

    private static func type(of shape: JSONShape) -> String {
        switch shape {
        case .boolean: "boolean"
        case .integer: "integer"
        case .string(nil): "string"
        case .string(.uuid?): "id"
        case .string(.time?): "time"
        case .choice(_, let values): values.map { "`\($0)`" }.joined(separator: ", ")
        case .array(let element): "list of " + type(of: element)
        case .object(let name, _): name == String(describing: Money.self) ? "money" : "object"
        }
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        ([head, head.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }
}
