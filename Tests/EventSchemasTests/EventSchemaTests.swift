import FoundationEssentials
import Kernel
import Outbox
import TestSupport
import Testing

@testable import EventSchemas

private enum Colour: String, Codable, CaseIterable {
    case red, deepBlue = "deep_blue"
}

private struct Part: Codable, Equatable {
    let partId: UUID
    let weight: Int64?
}

private struct Painted: DomainEvent {
    static let eventType = EventType("saas.thing.painted", version: 1)
    static let aggregateType = "thing"

    let thingId: UUID
    let colour: Colour
    let formerColour: Colour?
    let isDry: Bool
    let coats: Int
    let price: Money?
    let paintedAt: Timestamp
    let parts: [Part]
    let tags: [Colour]
    let label: String
}

/// Schemas come from the types, and say what readers of the types do.
@Suite struct EventSchemaTests {
    private let schema = Result { try EventSchema(of: Painted.self, publishers: ["workflow", "billing"]) }

    private let painted = #"""
        {"thing_id":"019cece3-51c7-7000-8000-000000000001","colour":"deep_blue","is_dry":true,"coats":2,"painted_at":"2026-01-01T00:00:00Z",\#
        "parts":[{"part_id":"019cece3-51c7-7000-8000-000000000002"}],"tags":[],"label":"x"}
        """#

    @Test func `names, types and what is optional are those of the type`() throws {
        let schema = try schema.get()
        #expect(schema.type == "saas.thing.painted.v1" && schema.name == "Painted" && schema.aggregate == "thing")
        #expect(schema.publishers == ["billing", "workflow"])
        let colour = JSONShape.choice(name: "Colour", ["red", "deep_blue"])
        #expect(
            schema.members == [
                JSONMember(name: "thing_id", shape: .string(.uuid), isRequired: true),
                JSONMember(name: "colour", shape: colour, isRequired: true),
                JSONMember(name: "former_colour", shape: colour, isRequired: false),
                JSONMember(name: "is_dry", shape: .boolean, isRequired: true),
                JSONMember(name: "coats", shape: .integer, isRequired: true),
                JSONMember(
                    name: "price",
                    shape: .object(
                        name: "Money",
                        [
                            JSONMember(name: "amount", shape: .integer, isRequired: true),
                            JSONMember(name: "currency", shape: .string(nil), isRequired: true),
                        ]), isRequired: false),
                JSONMember(name: "painted_at", shape: .string(.time), isRequired: true),
                JSONMember(
                    name: "parts",
                    shape: .array(
                        .object(
                            name: "Part",
                            [
                                JSONMember(name: "part_id", shape: .string(.uuid), isRequired: true),
                                JSONMember(name: "weight", shape: .integer, isRequired: false),
                            ])), isRequired: true),
                JSONMember(name: "tags", shape: .array(colour), isRequired: true),
                JSONMember(name: "label", shape: .string(nil), isRequired: true),
            ])
    }

    @Test func `what is written is read again`() throws {
        let schema = try schema.get().explained(by: DocComments())
        #expect(schema.text.hasPrefix("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"))
        let read = try EventSchema(parsing: schema.text)
        #expect(SchemaComparison(released: [schema], current: [read]).breaks == [])
        #expect(SchemaComparison(released: [read], current: [schema]).breaks == [])
        #expect(read.members.map(\.name) == schema.members.map(\.name).sorted())
        #expect(throws: UnreadableSchema.self) { try EventSchema(parsing: schema.text.replacing("date-time", with: "email")) }
        #expect(throws: UnreadableSchema.self) { try EventSchema(parsing: schema.text.replacing("boolean", with: "null")) }
    }

    @Test func `what no schema can say is refused by name`() {
        struct Floating: Decodable { let weight: Double }
        struct Named: Decodable { let version: SaasctlVersion }
        struct Holey: Decodable { let numbers: [Int?] }
        enum Free: String, Decodable { case one }
        struct Choosing: Decodable { let choice: Free }
        func reason(_ type: (some Decodable).Type) -> String {
            do { return String(describing: try JSONShape(of: type)) } catch { return String(describing: error) }
        }
        #expect(reason(Floating.self) == "there is no schema of Double: events have whole numbers only")
        #expect(reason(Named.self).hasPrefix("there is no schema of SaasctlVersion: it takes only some values"))
        #expect(reason(Holey.self) == "there is no schema of Optional<Int>: it may be null, or reads nothing")
        #expect(reason(Choosing.self).hasPrefix("there is no schema of Free: it takes only some values"))
    }

    @Test func `the words of the sources are made to fit`() throws {
        var comments = DocComments()
        comments.read(
            """
            /// Something was painted, as ``Painted`` says.
            ///
            /// Its last event.
            public struct Painted: DomainEvent {
                public static let aggregateType = "thing"

                public let thingId: UUID
                /// `nil` where `thingId` had none.
                public let formerColour: Colour?

                /// Of no field.
                public init() {
                }
            }

            public struct Part: Codable {
                // No comment of documentation.
                public let partId: UUID
                /// In grams.
                /// Absent before 2026.
                public let weight: Int64?
            }
            """)
        let explained = try schema.get().explained(by: comments)
        #expect(explained.meaning == "Something was painted, as `Painted` says. Its last event.")
        let meanings = Dictionary(explained.members.map { ($0.name, $0.meaning) }) { first, _ in first }
        #expect(meanings["thing_id"] == .some(nil))
        #expect(meanings["former_colour"] == "Absent where `thing_id` had none.")
        guard case .array(.object(_, let members))? = explained.members.first(where: { $0.name == "parts" })?.shape else {
            Issue.record("no list of objects")
            return
        }
        #expect(members.map(\.meaning) == [nil, "In grams. Absent before 2026."])
    }

    @Test(arguments: [
        (#""x""#, "1", "label: 1 is no string"),
        (#""deep_blue""#, #""green""#, #"colour: "green" is none of red, deep_blue"#),
        (#""coats":2,"#, "", "coats: missing"),
        (#""coats":2"#, #""coats":2.5"#, "coats: 2.5 is no integer"),
        (#""coats":2"#, #""coats":2,"layers":3"#, "layers: unknown"),
        (#""2026-01-01T00:00:00Z""#, #""2026-01-01""#, #"painted_at: "2026-01-01" is no time"#),
        (#"000000000002"}"#, #"000000000002","weight":null}"#, "parts[0].weight: null is no integer"),
        (#"000000000002"}"#, #"00000000000G"}"#, #"parts[0].part_id: "019cece3-51c7-7000-8000-00000000000G" is no id"#),
        (#""tags":[]"#, #""tags":["red",true]"#, "tags[1]: true is no one of Colour"),
    ])
    func `what does not fit a schema is named`(_ part: String, _ other: String, _ fault: String) throws {
        let schema = try schema.get()
        #expect(schema.faults(of: try JSONValue(parsing: painted)) == [])
        #expect(schema.faults(of: try JSONValue(parsing: painted.replacing(part, with: other))) == [fault])
    }

    // MARK: What the rules for released types rest on

    private func read(_ data: String) throws -> Painted {
        try StoredEvent(
            source: "workflow", position: 1, id: UUID(), type: Painted.eventType.description, subject: UUID(), sequence: 1,
            time: Timestamp(microseconds: 0), organizationId: nil, correlationId: UUID(), causationId: nil, actor: "operator:ada",
            traceparent: nil, data: data, hash: []
        ).decode(Painted.self)
    }

    @Test func `a reader passes over a field that it does not know, and does without one that is optional`() throws {
        #expect(try read(painted).formerColour == nil)
        #expect(try read(painted.replacing(#""coats":2"#, with: #""coats":2,"layers":{"of":["paint"]}"#)) == read(painted))
    }

    @Test(arguments: [
        (#""deep_blue""#, #""green""#), (#""coats":2,"#, ""), (#""coats":2"#, #""coats":"2""#), (#""tags":[]"#, #""tags":["green"]"#),
    ])
    func `a reader refuses a value that it does not know, a field that is missing, and another type`(_ part: String, _ other: String) {
        #expect(throws: UnreadableEvent.self) { try read(painted.replacing(part, with: other)) }
    }
}
