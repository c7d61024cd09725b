import FoundationEssentials
import Kernel
import Outbox
import Testing

@Suite struct StoredEventTests {
    @Test func `a type is a name and a version`() {
        #expect(EventType("saas.thing.changed.v12") == EventType("saas.thing.changed", version: 12))
        #expect(ThingChanged.eventType.description == "saas.thing.changed.v2")
        #expect(EventType(ThingChanged.eventType.description) == ThingChanged.eventType)
        #expect(StoredEvent.sample(position: 1).eventType == ThingChanged.eventType)
    }

    @Test(arguments: [
        "", "saas", "saas.thing.changed", "saas.thing.v", "saas.thing.v0", "saas.thing.v-1", "saas.thing.vx", "saas.thing.v1.2",
    ])
    func `a text without a version is none`(text: String) {
        #expect(EventType(text) == nil)
    }

    @Test func `data reads back as what was told`() throws {
        let event = ThingChanged(thingId: .id(7), number: 5, text: "ü \" \\ \u{1F600}")
        let pending = try PendingEvent(event, subject: .id(7), sequence: 1, organization: nil)
        #expect(try StoredEvent.sample(position: 1, data: pending.data).decode(ThingChanged.self) == event)
    }

    @Test func `a field that is not known is not in the way`() throws {
        let text = #"{"thing_id":"019cece3-51c7-7000-8000-000000000007","colour":"red"}"#
        #expect(try StoredEvent.sample(position: 1, data: text).decode(ThingChanged.self) == ThingChanged(thingId: .id(7)))
    }

    @Test(arguments: [
        ("{}", #""thing_id" is missing"#), ("[]", "an array instead of an object"), ("", "not JSON: it ends before a value"),
        (#"{"thing_id":"seven"}"#, #""thing_id": not a UUID"#),
        (#"{"thing_id":"019cece3-51c7-7000-8000-000000000007","number":1.5}"#, #""number": "1.5" does not fit Int"#),
    ])
    func `data that does not fit is the fault of this one event, and says why`(text: String, reason: String) throws {
        let error = try #require(throws: UnreadableEvent.self) {
            try StoredEvent.sample(position: 17, data: text).decode(ThingChanged.self)
        }
        #expect(error.position == 17)
        #expect(error.failure.details == [reason])
        #expect(error.failure.code.name == "EVENT_UNREADABLE")
        #expect(
            error.failure.message
                == #"event "019cece3-51c7-7000-8000-000000000011" at organization 17 is not a readable "saas.thing.changed.v2""#)
    }

    @Test func `a chunk gives the events of one type in order, whatever their version`() throws {
        let text = #"{"thing_id":"019cece3-51c7-7000-8000-000000000007"}"#
        let chunk = EventChunk(
            source: "organization",
            events: [
                .sample(position: 1, type: "saas.thing.changed.v1", data: text), .sample(position: 2, type: "saas.thing.gone.v1"),
                .sample(position: 3, data: text),
            ])
        #expect(try chunk.all(ThingChanged.self).map(\.stored.position) == [1, 3])
    }

    @Test func `what a consumer tells names the event it reacted to`() throws {
        let cause = StoredEvent.sample(position: 1)
        let told = try PendingEvent(ThingChanged(thingId: .id(7)), subject: .id(7), sequence: 1, organization: nil, causedBy: cause)
        let other = OperationContext(now: OperationContext.test.now, actor: .service("billing"), correlationId: .id(99))
        let sealed = OutboxWriter(service: "billing").seal(told, id: .id(8), context: other)
        #expect(sealed.correlationId == cause.correlationId)
        #expect(sealed.causationId == cause.id)
        #expect(sealed.hash == EventHash.hash(of: sealed))
    }

    @Test func `what a command tells has the command's correlation`() throws {
        let sealed = OutboxWriter(service: "billing").seal(try .thing(), id: .id(8), context: .test)
        #expect(sealed.correlationId == .id(3))
        #expect(sealed.causationId == nil)
    }
}
