public import Kernel

/// What a service function did: its result, the rows it changed, the events it wants told. The frame of a mutation (or the worker, for a
/// consumer) appends the events in the same transaction and shows all of it for a dry run.
public struct Change<Value: Sendable>: Sendable {
    public let value: Value
    /// Empty where everything was so already.
    public let rows: [ChangedRow]
    public let events: [PendingEvent]

    public init(_ value: Value, rows: [ChangedRow] = [], events: [PendingEvent] = []) {
        self.value = value
        self.rows = rows
        self.events = events
    }
}

extension Change {
    /// The same change with another result.
    public func map<Other>(_ transform: (Value) throws -> Other) rethrows -> Change<Other> {
        Change<Other>(try transform(value), rows: rows, events: events)
    }
}

/// One row as it is after the change; a deleted one as it was before.
public struct ChangedRow: Sendable, Hashable {
    public enum Operation: String, Sendable, Hashable, Codable {
        case insert, update, delete
    }

    public let operation: Operation
    public let table: String
    public let values: JSONValue

    /// - Parameter values: what people may see of the row; secrets are left out by whoever makes this.
    /// - Throws: `EncodingError`.
    public init(_ operation: Operation, _ table: String, _ values: some Encodable) throws {
        self.operation = operation
        self.table = table
        self.values = try JSONValue(encoding: values)
    }
}

/// The verdict of a service function that may refuse *and* leave a record of the refusal behind, as a failed login does.
public enum Decision<Value: Sendable>: Sendable {
    case accepted(Change<Value>)
    /// Rows and events are committed; then the failure becomes the command's error.
    case refused(Failure, Change<Void>)

    /// The same verdict with another result.
    public func map<Other>(_ transform: (Value) throws -> Other) rethrows -> Decision<Other> {
        switch self {
        case .accepted(let change): .accepted(try change.map(transform))
        case .refused(let failure, let change): .refused(failure, change)
        }
    }
}
