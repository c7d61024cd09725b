import Audit
import EventSchemas
import FoundationEssentials
import Kernel
import Outbox

/// `docs/schemas/` and `docs/event-schemas.md`: what every event of the services says, made from the types and their comments.
struct EventDocuments {
    static let folder = "docs/schemas"
    static let page = "docs/event-schemas.md"

    let modules: [ServiceModule]
    /// Without them the documents say what events look like, and not what they mean.
    let comments: DocComments

    /// - Parameter folder: the root of the repository.
    init(modules: [ServiceModule], folder: String) throws {
        self.modules = modules
        var comments = DocComments()
        for path in try Self.sources(in: folder) { comments.read(try String(contentsOf: URL(filePath: path), encoding: .utf8)) }
        self.comments = comments
    }

    private static func sources(in folder: String) throws -> [String] {
        func files(in folder: String) throws -> [String] {
            guard FileManager.default.fileExists(atPath: folder) else { return [] }
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }.sorted()
                .map { "\(folder)/\($0)" }
        }
        let domains = "\(folder)/Sources/Domains"
        guard FileManager.default.fileExists(atPath: domains) else { return [] }
        let events = try FileManager.default.contentsOfDirectory(atPath: domains).sorted().flatMap {
            try files(in: "\(domains)/\($0)/Events")
        }
        let others = [
            "Outbox/ConsumerReplayed", "Outbox/LaneRebased", "Outbox/LetterDiscarded", "Kernel/Money",
            "Domains/Audit/Service/ExportedEntry",
        ]
        return events + others.map { "\(folder)/Sources/\($0).swift" }
    }

    /// - Returns: the text of each file, by its path from the root of the repository.
    /// - Throws: `ShapelessType` where a type cannot be told by a schema.
    func files() throws -> [String: String] {
        let schemas = try schemas()
        var files = [Self.page: EventPage(schemas: schemas, envelope: try envelope(), modules: modules).text]
        for schema in try schemas + [envelope()] { files["\(Self.folder)/\(schema.file)"] = schema.text }
        return files
    }

    /// Of every type that a service publishes, in the order of their names.
    func schemas() throws -> [EventSchema] {
        var published: [EventType: (event: any DomainEvent.Type, by: [String])] = [:]
        for module in modules {
            for event in module.publishes { published[event.eventType, default: (event, [])].by.append(module.name) }
        }
        return try published.values.map { try EventSchema(of: $0.event, publishers: $0.by).explained(by: comments) }
            .sorted { $0.type < $1.type }
    }

    /// As the audit log exports it.
    func envelope() throws -> EventSchema {
        try EventSchema(of: ExportedEntry.self, type: "envelope").explained(by: comments)
    }
}
