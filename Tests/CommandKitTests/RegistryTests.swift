import Audit
import Kernel
import OrganizationEvents
import Outbox
import Testing

@testable import SaasctlApp

/// What holds for the events of all domains together.
@Suite struct RegistryTests {
    private struct Published {
        let service: String
        let event: any DomainEvent.Type

        /// What the code calls it.
        var name: String { String(describing: event) }
        var type: EventType { event.eventType }
    }

    private static let published = Registry.modules.flatMap { module in
        module.publishes.map { Published(service: module.name, event: $0) }
    }

    @Test func `an event is called in the code what people read in the log`() {
        #expect(Self.published.map(\.name) == Self.published.map(\.type.displayName))
    }

    @Test func `each type of event is one service's, and is what an outbox takes`() {
        // Every service with consumers tells of what operators did to them, and every one that takes part in sagas answers.
        let common = [
            LetterDiscarded.eventType.name, LaneRebased.eventType.name, ConsumerReplayed.eventType.name, SagaStepCompleted.eventType.name,
            SagaStepFailed.eventType.name,
        ]
        let names = Self.published.map(\.type.name).filter { !common.contains($0) }
        #expect(Set(names).count == names.count)
        for published in Self.published {
            #expect(published.type.version >= 1)
            #expect(EventType(published.type.description) == published.type)
            // The check of the outbox's column.
            let words = published.type.name.split(separator: ".", omittingEmptySubsequences: false)
            #expect(words.first == "saas" && words.count > 1)
            #expect(words.allSatisfy(Self.isWord), "\(published.type)")
            #expect(Self.isWord(published.event.aggregateType[...]), "\(published.event.aggregateType)")
        }
    }

    private static func isWord(_ text: Substring) -> Bool {
        text.first.map { "a"..."z" ~= $0 } == true && text.allSatisfy { "a"..."z" ~= $0 || $0 == "_" }
    }

    @Test func `what a consumer understands is published by one of its sources, in that very version`() {
        let publishers = Dictionary(Self.published.map { ($0.type, [$0.service]) }, uniquingKeysWith: +)
        for consumer in Registry.consumers {
            for type in consumer.understands ?? [] {
                let publishers = publishers[type, default: []]
                #expect(!Set(publishers).isDisjoint(with: consumer.sources), "\(consumer.name) understands \(type) of \(publishers)")
            }
        }
    }

    @Test func `every service publishes, and its consumers write to its own database`() {
        #expect(Registry.services == ["identity", "organization", "billing", "workflow", "notification", "audit", "analytics"])
        for module in Registry.modules {
            #expect(!module.publishes.isEmpty)
            #expect(module.consumers.allSatisfy { $0.service == module.name })
            #expect(module.consumers.flatMap(\.sources).allSatisfy(Registry.services.contains))
        }
        let names = Registry.consumers.map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test func `the audit log records every service, its own included`() {
        let audit = Registry.consumers.first { $0.name == "audit" }
        #expect(audit?.sources == Registry.services)
        #expect(audit?.understands == nil)
    }
}
