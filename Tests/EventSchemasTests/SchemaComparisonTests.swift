import EventSchemas
import TestSupport
import Testing

/// What may become of a type that was released: each rule, broken.
@Suite struct SchemaComparisonTests {
    private static let price = JSONShape.object(
        name: "Money",
        [
            JSONMember(name: "amount", shape: .integer, isRequired: true),
            JSONMember(name: "currency", shape: .string(nil), isRequired: true),
        ])

    private static let members = [
        JSONMember(name: "plan_id", shape: .string(.uuid), isRequired: true),
        JSONMember(name: "price", shape: price, isRequired: true),
        JSONMember(name: "trial_days", shape: .integer, isRequired: false),
        JSONMember(name: "period", shape: .choice(name: "Period", ["month", "year"]), isRequired: true),
        JSONMember(name: "fields", shape: .array(.choice(name: "Field", ["name", "price"])), isRequired: true),
    ]

    private func schema(
        _ type: String = "saas.plan.changed.v1", aggregate: String = "plan", publishers: [String] = ["billing"],
        members: [JSONMember] = Self.members
    ) -> EventSchema {
        EventSchema(type: type, name: "PlanChanged", aggregate: aggregate, publishers: publishers, members: members)
    }

    /// What breaks where one member is another, or none.
    private func breaks(_ name: String, becoming member: JSONMember?) -> [String] {
        breaks(Self.members.compactMap { $0.name == name ? member : $0 })
    }

    private func breaks(_ members: [JSONMember]) -> [String] {
        SchemaComparison(released: [schema()], current: [schema(members: members)]).breaks
    }

    @Test func `the same, another order, other words and a new optional field are fine`() {
        #expect(breaks(Self.members) == [])
        #expect(breaks(Self.members.reversed()) == [])
        let explained = Self.members.map {
            JSONMember(name: $0.name, shape: $0.shape, isRequired: $0.isRequired, meaning: "other words")
        }
        #expect(breaks(explained) == [])
        #expect(breaks(Self.members + [JSONMember(name: "note_id", shape: .string(.uuid), isRequired: false)]) == [])
        let renamed = JSONMember(name: "period", shape: .choice(name: "BillingPeriod", ["year", "month"]), isRequired: true)
        #expect(breaks("period", becoming: renamed) == [], "what Swift calls it, nobody reads")
    }

    @Test func `a field is not removed or renamed`() {
        #expect(breaks("trial_days", becoming: nil) == [#"saas.plan.changed.v1: "trial_days" is removed"#])
        #expect(
            breaks("trial_days", becoming: JSONMember(name: "free_days", shape: .integer, isRequired: false)) == [
                #"saas.plan.changed.v1: "trial_days" is removed, or renamed to "free_days""#
            ])
    }

    @Test(arguments: [
        (JSONShape.string(nil), "string"), (.integer, "integer"), (.string(.time), "time"), (.array(.string(.uuid)), "list of id"),
    ])
    func `a field keeps its type`(_ shape: JSONShape, _ name: String) {
        #expect(
            breaks("plan_id", becoming: JSONMember(name: "plan_id", shape: shape, isRequired: true)) == [
                #"saas.plan.changed.v1: "plan_id" was id and is \#(name)"#
            ])
    }

    @Test func `a field stays as optional as it is, and a new one is optional`() {
        #expect(
            breaks("trial_days", becoming: JSONMember(name: "trial_days", shape: .integer, isRequired: true)) == [
                #"saas.plan.changed.v1: "trial_days" was optional and is required"#
            ])
        #expect(
            breaks("plan_id", becoming: JSONMember(name: "plan_id", shape: .string(.uuid), isRequired: false)) == [
                #"saas.plan.changed.v1: "plan_id" was always there and is optional"#
            ])
        #expect(
            breaks(Self.members + [JSONMember(name: "note_id", shape: .string(.uuid), isRequired: true)]) == [
                #"saas.plan.changed.v1: "note_id" is new and required"#
            ])
    }

    @Test func `what a field can be stays`() {
        func period(_ values: [String]) -> JSONMember {
            JSONMember(name: "period", shape: .choice(name: "Period", values), isRequired: true)
        }
        #expect(breaks("period", becoming: period(["month"])) == [#"saas.plan.changed.v1: "period" cannot be "year" any more"#])
        #expect(
            breaks("period", becoming: period(["month", "year", "week"])) == [
                #"saas.plan.changed.v1: "period" can be "week", which older readers refuse"#
            ])
    }

    @Test func `the same holds inside of objects and lists`() {
        let price = JSONShape.object(name: "Money", [JSONMember(name: "amount", shape: .string(nil), isRequired: true)])
        #expect(
            breaks("price", becoming: JSONMember(name: "price", shape: price, isRequired: true)) == [
                #"saas.plan.changed.v1: "price.amount" was integer and is string"#,
                #"saas.plan.changed.v1: "price.currency" is removed"#,
            ])
        let fields = JSONMember(name: "fields", shape: .array(.choice(name: "Field", ["name"])), isRequired: true)
        #expect(breaks("fields", becoming: fields) == [#"saas.plan.changed.v1: "fields[]" cannot be "price" any more"#])
    }

    @Test func `a type stays, or a newer version takes its place`() {
        func breaks(_ current: EventSchema...) -> [String] { SchemaComparison(released: [schema()], current: current).breaks }
        #expect(breaks() == ["saas.plan.changed.v1: nobody publishes it any more"])
        #expect(breaks(schema("saas.plan.renamed.v2")) == ["saas.plan.changed.v1: nobody publishes it any more"])
        #expect(breaks(schema("saas.plan.changed.v2", members: [])) == [])
        #expect(breaks(schema(), schema("saas.plan.new.v1")) == [], "a new type is fine")
    }

    @Test func `aggregate and publishers stay`() {
        func breaks(_ current: EventSchema) -> [String] { SchemaComparison(released: [schema()], current: [current]).breaks }
        #expect(breaks(schema(aggregate: "offer")) == ["saas.plan.changed.v1: its aggregate was plan and is offer"])
        #expect(breaks(schema(publishers: ["workflow"])) == ["saas.plan.changed.v1: billing publishes it no longer"])
        #expect(breaks(schema(publishers: ["billing", "workflow"])) == [])
    }
}
