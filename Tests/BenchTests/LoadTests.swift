import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Bench
@testable import SaasctlApp

/// What `worker bench` puts into outboxes: events as services tell them.
@Suite(.databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct LoadTests {
    @Test func `every type of event that there is, and no other`() {
        for module in Registry.modules {
            let loaded = LoadedEvent.mixed.filter { $0.service == module.name }.map(\.type)
            let published = module.publishes.map { $0.eventType.description }
            #expect(loaded.sorted() == published.sorted(), "\(module.name): a type that is published needs a LoadedEvent")
        }
    }

    @Test(arguments: Registry.services) func `hash, ids, sequences and data are as a service would have them`(_ service: String)
        async throws
    {
        let types = try #require(Registry.modules.first { $0.name == service }).publishes
        let events = LoadedEvent.mixed.filter { $0.service == service }
        let connection = try await TestDatabases.current[service].connect(as: .superuser)
        let stored = try await connection.session { session in
            try session.script(LoadQueries.functions)
            try session.run(LoadQueries.insert(events, of: service, first: 1, last: 150))
            try session.run(LoadQueries.insert(events, of: service, first: 151, last: 200))
            return try session.all(
                Query("select \(fragment: StoredEvent.columns) from outbox order by position") { try StoredEvent($0, source: service) })
        }
        await connection.close()
        #expect(stored.count == events.reduce(0) { $0 + $1.count(in: 200) } && stored.count > 0)
        #expect(Set(stored.map(\.type)) == Set(types.map { $0.eventType.description }))
        let schemas = try SchemaBook()
        for event in stored {
            #expect(event.hash == EventHash.hash(of: event), "\(event)")
            let type = try #require(types.first { $0.eventType == event.eventType })
            try expectData(of: event, fits: type)
            #expect(try schemas.faults(of: event) == [])
        }
        for (subject, own) in Dictionary(grouping: stored, by: \.subject) {
            #expect(own.map(\.sequence) == Array(1...Int64(own.count)), "\(subject)")
        }
        #expect(Set(stored.map(\.id)).count == stored.count)
        #expect(stored.map(\.time) == stored.map(\.time).sorted())
        #expect(stored.allSatisfy { $0.id.text.dropFirst(14).first == "7" })
    }

    /// Read and written again it is the same, so nothing is missing, nothing too much and nothing spelled otherwise.
    private func expectData<Event: DomainEvent>(of event: StoredEvent, fits type: Event.Type) throws {
        let data = try event.decode(type)
        let again = try JSONValue(parsing: JSONCoding.encode(data))
        #expect(try again == JSONValue(parsing: event.data), "\(event)")
    }
}
