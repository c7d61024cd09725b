import EventSchemas
import FoundationEssentials
import TestSupport
import Testing

@testable import SaasctlApp

/// What was released goes on to hold (docs/contributing.md, "What was released").
@Suite struct ReleasedSchemaTests {
    private static let root = (1...3).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }.path

    @Test func `events are still what they were when they were released`() throws {
        let released = try SchemaBook(folder: "docs/schemas/released")
        let documents = try EventDocuments(modules: Registry.modules, folder: Self.root)
        #expect(released.schemas.count >= 56)
        let events = SchemaComparison(released: Array(released.schemas.values), current: try documents.schemas())
        for broken in events.breaks { Issue.record("\(broken); docs/event-schemas.md says what is allowed") }
        let envelope = SchemaComparison(released: [released.envelope], current: [try documents.envelope()])
        for broken in envelope.breaks { Issue.record("\(broken)") }
    }

    @Test func `the sources say what events mean`() throws {
        let schemas = try EventDocuments(modules: Registry.modules, folder: Self.root).schemas()
        #expect(schemas.first { $0.name == "UserRegistered" }?.meaning?.hasPrefix("A user exists.") == true)
        #expect(schemas.filter { $0.meaning != nil }.count > schemas.count / 2)
    }
}
