public import EventSchemas
import FoundationEssentials
import Kernel
public import Outbox
public import Postgres
public import Testing

/// The schemas of events as the repository has them in a folder.
public struct SchemaBook: Sendable {
    /// Of the types of events, by type.
    public let schemas: [String: EventSchema]
    public let envelope: EventSchema

    /// - Parameter folder: below the root of the repository.
    public init(folder: String = "docs/schemas") throws {
        let root = (1...4).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        let path = root.appending(path: folder).path
        let files = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".json") }.sorted()
        let read = try files.map { file in
            let schema = try EventSchema(parsing: String(contentsOf: URL(filePath: "\(path)/\(file)"), encoding: .utf8))
            #expect(schema.file == file)
            return schema
        }
        schemas = Dictionary(read.filter { $0.aggregate != nil }.map { ($0.type, $0) }) { first, _ in first }
        envelope = try #require(read.first { $0.type == "envelope" }, "\(folder) has no schema of the envelope")
    }

    /// What is not as the event's schema says, member by member.
    public func faults(of event: StoredEvent) throws -> [String] {
        guard let schema = schemas[event.type] else { return ["\(event.type): there is no such schema"] }
        let published = schema.publishers.contains(event.source) ? [] : ["\(event.type): not an event of \(event.source)"]
        return try published + schema.faults(of: JSONValue(parsing: event.data)).map { "\(event.type): \($0)" }
    }

    /// Expects of every event in the outboxes what its schema says.
    ///
    /// - Parameter databases: by service; connections that may read the outbox.
    /// - Returns: the types that there were.
    @discardableResult
    public func expectOutboxes(
        of databases: [String: Connection], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Set<String> {
        var faults: Set<String> = []
        var types: Set<String> = []
        for (service, connection) in databases {
            let stored = Query("select \(fragment: StoredEvent.columns) from outbox") { try StoredEvent($0, source: service) }
            for event in try await connection.session({ try $0.all(stored) }) {
                faults.formUnion(try self.faults(of: event))
                types.insert(event.type)
            }
        }
        #expect(faults.isEmpty, sourceLocation: sourceLocation)
        return types
    }
}

extension TestDatabases {
    /// Expects of every event in the outboxes of the test what its schema says.
    ///
    /// - Returns: the types that there were.
    @discardableResult
    public func expectSchemas(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Set<String> {
        var connections: [String: Connection] = [:]
        for service in services { connections[service] = try await self[service].connect(as: .superuser) }
        let types = try await SchemaBook().expectOutboxes(of: connections, sourceLocation: sourceLocation)
        for connection in connections.values { await connection.close() }
        return types
    }
}
