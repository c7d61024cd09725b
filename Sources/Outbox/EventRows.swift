import FoundationEssentials
import Kernel
import Postgres

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Events as a result of the server holds them. A chunk has thousands of events with a dozen values each, of which most consumers read few:
/// what nobody asks for is not decoded.
final class EventRows: Sendable {
    /// The columns of ``StoredEvent/columns``, in their order.
    enum Column: Int, CaseIterable {
        case position, id, type, subject, sequence, time, organizationId, correlationId, causationId, actor, traceparent, data, hash

        var isRequired: Bool {
            switch self {
            case .organizationId, .causationId, .traceparent: false
            default: true
            }
        }
    }

    struct TypeName: Sendable {
        let text: String
        let type: EventType?
    }

    let source: String
    private let rows: RowSet
    private let first: Int
    /// The distinct types, of which there are few.
    private let typeNames: [TypeName]
    /// Of each row.
    private let typeIndex: [UInt8]

    /// - Parameter first: the index of `position` in the rows.
    /// - Throws: `PostgresError` of kind `.decoding` where the rows are not what ``StoredEvent/columns`` gives, or a time is none.
    init(_ rows: RowSet, source: String, startingAt first: Int = 0) throws {
        self.rows = rows
        self.source = source
        self.first = first
        // Decoding one row looks at the types of all columns.
        if let row = rows.first { _ = try StoredEvent(row, source: source, startingAt: first) }
        if let null = rows.firstNull(inColumns: Column.allCases.filter(\.isRequired).map { first + $0.rawValue }) {
            throw try rows[null.row].cell(null.column).failure("is NULL")
        }
        var table = TypeTable()
        typeIndex = try rows.map { row in
            try Self.checkTime(in: row, at: first + Column.time.rawValue)
            return row.withBytes(ofColumn: first + Column.type.rawValue) { $0.map { table.index(of: $0) } ?? TypeTable.many }
        }
        typeNames = table.names
    }

    /// - Throws: as decoding it would, which takes longer.
    private static func checkTime(in row: Row, at column: Int) throws {
        let isInstant = row.withBytes(ofColumn: column) { bytes in
            guard let bytes, bytes.count == 8 else { return false }
            let value = Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
            return value != .min && value < .max - EventHash.microsecondsTo2000
        }
        if !isInstant { _ = try row.get(column, as: Timestamp.self) }
    }

    /// The types of a chunk, found by their bytes.
    private struct TypeTable {
        /// Types that would be more than an index holds share this place.
        static let many = UInt8.max

        private(set) var names: [TypeName] = []
        private var texts: [[UInt8]] = []

        mutating func index(of bytes: UnsafeRawBufferPointer) -> UInt8 {
            for (index, text) in texts.enumerated() where text.count == bytes.count && Self.isSame(text, bytes) { return UInt8(index) }
            guard names.count < Int(Self.many) else { return Self.many }
            let text = String(decoding: bytes, as: UTF8.self)
            names.append(TypeName(text: text, type: EventType(text)))
            texts.append(Array(bytes))
            return UInt8(names.count - 1)
        }

        private static func isSame(_ text: [UInt8], _ bytes: UnsafeRawBufferPointer) -> Bool {
            text.withUnsafeBytes { text in
                guard let left = text.baseAddress, let right = bytes.baseAddress else { return true }
                return memcmp(left, right, bytes.count) == 0
            }
        }
    }

    var count: Int { rows.count }

    /// All rows as events, which share this.
    var events: [StoredEvent] { rows.indices.map { StoredEvent(self, $0) } }

    /// Bytes of data of all rows.
    var dataBytes: Int64 {
        rows.reduce(0) { sum, row in sum + row.withBytes(ofColumn: first + Column.data.rawValue) { Int64($0?.count ?? 0) } }
    }

    // MARK: Values. What they are was looked at in the beginning.

    func type(_ row: Int) -> TypeName {
        let index = Int(typeIndex[row])
        if index < typeNames.count { return typeNames[index] }
        let text = text(row, .type)
        return TypeName(text: text, type: EventType(text))
    }

    func int64(_ row: Int, _ column: Column) -> Int64 {
        required(row, column) { Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) }
    }

    func timestamp(_ row: Int, _ column: Column) -> Timestamp {
        Timestamp(microseconds: int64(row, column) + EventHash.microsecondsTo2000)
    }

    func uuid(_ row: Int, _ column: Column) -> UUID {
        required(row, column) { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

    func optionalUUID(_ row: Int, _ column: Column) -> UUID? {
        optional(row, column) { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

    func text(_ row: Int, _ column: Column) -> String {
        required(row, column) { String(decoding: $0, as: UTF8.self) }
    }

    func optionalText(_ row: Int, _ column: Column) -> String? {
        optional(row, column) { String(decoding: $0, as: UTF8.self) }
    }

    func bytes(_ row: Int, _ column: Column) -> [UInt8] {
        required(row, column) { Array($0) }
    }

    /// Appends all columns of an event to a row of a COPY, as they are.
    func append(_ row: Int, to copy: inout CopyRow) {
        copy.append(rows[row], columns: first..<first + Column.allCases.count)
    }

    private func optional<R>(_ row: Int, _ column: Column, _ body: (UnsafeRawBufferPointer) -> R) -> R? {
        rows[row].withBytes(ofColumn: first + column.rawValue) { $0.map(body) }
    }

    private func required<R>(_ row: Int, _ column: Column, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        rows[row].withBytes(ofColumn: first + column.rawValue) { bytes in
            guard let bytes else { preconditionFailure("\(column) is NULL") }
            return body(bytes)
        }
    }
}
