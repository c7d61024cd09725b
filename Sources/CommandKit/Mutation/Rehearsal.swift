public import FoundationEssentials
public import Kernel

/// What a dry run shows: the rows that would change and the events that would be published, after both were really made and undone.
public struct Rehearsal: Renderable {
    public struct Row: Sendable, Codable {
        public let operation: String
        public let table: String
        public let values: JSONValue
    }

    public struct Event: Sendable, Codable {
        public let type: String
        public let subject: UUID
        public let sequence: Int64
        public let organizationId: UUID?
        public let data: JSONValue
    }

    public let rows: [Row]
    public let events: [Event]

    /// What several transactions of one command would do.
    public static func joined(_ parts: [Rehearsal]) -> Rehearsal {
        Rehearsal(rows: parts.flatMap(\.rows), events: parts.flatMap(\.events))
    }

    public static let resourceKind = "DryRun"

    public static let fields: [Column<Rehearsal>] = []

    /// One line per row and event.
    public var plainText: String? {
        let lines =
            ["dry run: nothing was changed"] + rows.map { "would \($0.operation) \($0.table)  \($0.values.compact)" }
            + events.map { "would publish \($0.type) #\($0.sequence) of \($0.subject.text)  \($0.data.compact)" }
        return lines.map { TerminalText.printable($0) + "\n" }.joined()
    }

    public var identifier: String { "dry-run" }
}
