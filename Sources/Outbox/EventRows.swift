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

    /// Where the values are.
    private enum Rows: Sendable {
        /// As a query returned them, from this column on.
        case selected(RowSet, Int)
        /// As COPY sent them, these columns and no others.
        case copied(CopiedRows)
    }

    let source: String
    private let rows: Rows
    /// The distinct types, of which there are few.
    private let typeNames: [TypeName]
    /// Of each row.
    private let typeIndex: [UInt8]
    /// Bytes of data of all rows.
    let dataBytes: Int64

    /// - Parameter first: the index of `position` in the rows.
    /// - Throws: `PostgresError` of kind `.decoding` where the rows are not what ``StoredEvent/columns`` gives, or a time is none.
    init(_ rows: RowSet, source: String, startingAt first: Int = 0) throws {
        self.rows = .selected(rows, first)
        self.source = source
        // Decoding one row looks at the types of all columns.
        if let row = rows.first { _ = try StoredEvent(row, source: source, startingAt: first) }
        if let null = rows.firstNull(inColumns: Column.allCases.filter(\.isRequired).map { first + $0.rawValue }) {
            throw try rows[null.row].cell(null.column).failure("is NULL")
        }
        var table = TypeTable()
        var dataBytes = 0
        typeIndex = try rows.map { row in
            try Self.checkTime(in: row, at: first + Column.time.rawValue)
            dataBytes += row.withBytes(ofColumn: first + Column.data.rawValue) { $0?.count ?? 0 }
            return row.withBytes(ofColumn: first + Column.type.rawValue) { $0.map { table.index(of: $0) } ?? TypeTable.many }
        }
        typeNames = table.names
        self.dataBytes = Int64(dataBytes)
    }

    /// Copies rows until their data passes so many bytes.
    ///
    /// - Parameter query: returns ``StoredEvent/columns``; its parameters become literals.
    /// - Throws: ``PostgresError``; ``UnreadableRow`` where the rows are not what those columns give.
    init(copying query: SQL, source: String, upToBytes limit: Int64, in session: Session) throws {
        var table = TypeTable()
        var typeIndex: [UInt8] = []
        var dataBytes: Int64 = 0
        let rows = try session.copyRows(
            "copy (\(fragment: query.withLiterals)) to stdout (format binary)", columns: Column.allCases.count
        ) { rows in
            let row = rows.count - 1
            guard rows.fits(row: row, Self.lengths),
                rows.withBytes(ofRow: row, column: Column.time.rawValue, { $0.map(Self.isInstant) == true }),
                rows.withBytes(ofRow: row, column: Column.sequence.rawValue, { $0.map(Self.isCount) == true })
            else { throw UnreadableRow(source: source, position: Self.position(of: rows, row)) }
            typeIndex.append(
                rows.withBytes(ofRow: row, column: Column.type.rawValue) { $0.map { table.index(of: $0) } ?? TypeTable.many })
            dataBytes += rows.withBytes(ofRow: row, column: Column.data.rawValue) { Int64($0?.count ?? 0) }
            return dataBytes >= limit
        }
        self.rows = .copied(rows)
        self.source = source
        self.typeIndex = typeIndex
        typeNames = table.names
        self.dataBytes = dataBytes
    }

    private static func position(of rows: CopiedRows, _ row: Int) -> Int64? {
        rows.withBytes(ofRow: row, column: Column.position.rawValue) { bytes in
            guard let bytes, bytes.count == 8 else { return nil }
            return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        }
    }

    private static let lengths = Column.allCases.map { column in
        let bytes: Int? =
            switch column {
            case .position, .sequence, .time: 8
            case .id, .subject, .organizationId, .correlationId, .causationId: 16
            case .hash: 32
            case .type, .actor, .traceparent, .data: nil
            }
        return CopiedRows.ColumnLength(bytes: bytes, isOptional: !column.isRequired)
    }

    /// Not one of the two infinities, and none that has no microseconds since 1970.
    private static func isInstant(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == 8 else { return false }
        let value = Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        return value != .min && value < .max - EventHash.microsecondsTo2000
    }

    private static func isCount(_ bytes: UnsafeRawBufferPointer) -> Bool {
        Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)) > 0
    }

    /// - Throws: as decoding it would, which takes longer.
    private static func checkTime(in row: Row, at column: Int) throws {
        let isInstant = row.withBytes(ofColumn: column) { bytes in bytes.map(Self.isInstant) == true }
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

    var count: Int { typeIndex.count }

    /// All rows as events, which share this.
    var events: [StoredEvent] { typeIndex.indices.map { StoredEvent(self, $0) } }

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
        switch rows {
        case .selected(let rows, let first): copy.append(rows[row], columns: first..<first + Column.allCases.count)
        case .copied(let rows): copy.append(rows, row: row)
        }
    }

    private func optional<R>(_ row: Int, _ column: Column, _ body: (UnsafeRawBufferPointer) -> R) -> R? {
        switch rows {
        case .selected(let rows, let first): rows[row].withBytes(ofColumn: first + column.rawValue) { $0.map(body) }
        case .copied(let rows): rows.withBytes(ofRow: row, column: column.rawValue) { $0.map(body) }
        }
    }

    private func required<R>(_ row: Int, _ column: Column, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        guard let value = optional(row, column, body) else { preconditionFailure("\(column) is NULL") }
        return value
    }
}

/// A row of an outbox that is no event: its time is infinite, or somebody has changed the table.
struct UnreadableRow: DomainError {
    let source: String
    /// `nil` where it has none.
    let position: Int64?

    var failure: Failure {
        let place = position.map { "\(source) \($0)" } ?? source
        return Failure(ErrorCode("EVENT_UNREADABLE", .pending), "the row at \(place) has values that no event has")
    }
}
