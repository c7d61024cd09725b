enum CopyFormat {
    /// How the binary format begins.
    static let signature: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00]
}

/// Writes rows in COPY's binary format (PostgreSQL manual, COPY, "Binary Format") and sends them in large blocks.
public struct CopyWriter {
    private let link: Link
    private let location: CallSite
    /// Holds the block that is being filled; kept from row to row, so that the bytes are never copied.
    private var current = CopyRow()
    private var columns: Int16?

    /// Large enough that system calls do not count, small enough to stay in the processor's cache.
    private static let blockSize = 128 * 1_024

    init(_ link: Link, _ location: CallSite) {
        self.link = link
        self.location = location
        current.buffer.reserveCapacity(Self.blockSize + 16 * 1_024)
        current.buffer.append(contentsOf: CopyFormat.signature)
        current.buffer.append(Int32(0))
        current.buffer.append(Int32(0))
    }

    /// Writes one row: `body` appends every column in order, in exactly the column's type, since COPY converts nothing.
    ///
    /// - Throws: what `body` throws, and the row is dropped; an encoding error where the rows have different numbers of columns; what sending throws.
    public mutating func row(_ body: (inout CopyRow) throws -> Void) throws {
        current.begin()
        do {
            try body(&current)
        } catch {
            current.drop()
            throw error
        }
        let count = current.finish()
        if let columns, columns != count {
            current.drop()
            throw PostgresError(
                .encoding, "a row of \(count) columns follows rows of \(columns)", database: link.database, location: location)
        }
        columns = count
        if current.buffer.bytes.count >= Self.blockSize { try flush() }
    }

    mutating func finish() throws {
        current.buffer.append(Int16(-1))
        try flush()
    }

    private mutating func flush() throws {
        try link.putCopyData(current.buffer.bytes, location)
        current.buffer.removeAll()
    }
}

/// One row on its way into a COPY.
public struct CopyRow {
    fileprivate var buffer = BinaryBuffer()
    private var start = 0
    private var columns: Int16 = 0

    fileprivate init() {}

    fileprivate mutating func begin() {
        start = buffer.bytes.count
        columns = 0
        buffer.append(Int16(0))
    }

    fileprivate mutating func drop() {
        buffer.truncate(to: start)
    }

    fileprivate mutating func finish() -> Int16 {
        buffer.store(columns, at: start)
        return columns
    }

    /// Appends a value in the binary format of its own type: `Int` fits `int8` alone, `Int32` `int4`, `String` `text` and enums, `JSONText`
    /// `json`.
    public mutating func append(_ value: some PostgresBinaryEncodable) {
        columns += 1
        buffer.appendField(value)
    }

    public mutating func append<Element: PostgresBinaryEncodable>(_ array: [Element]) {
        columns += 1
        buffer.appendField { array.encodeArray(into: &$0) }
    }

    /// Appends columns of a row that was read, as they are: the table's columns have the very types of the row's.
    public mutating func append(_ row: Row, columns range: Range<Int>) {
        for column in range {
            row.withBytes(ofColumn: column) { bytes in
                guard let bytes else { return appendNull() }
                columns += 1
                buffer.append(Int32(bytes.count))
                buffer.append(contentsOf: bytes)
            }
        }
    }

    /// Appends all columns of a row that was copied, as they are.
    public mutating func append(_ rows: CopiedRows, row: Int) {
        columns += Int16(rows.columns)
        rows.withEncodedFields(ofRow: row) { buffer.append(contentsOf: $0) }
    }

    /// For a column of type `jsonb`.
    public mutating func append(jsonb value: JSONText?) {
        guard let value else { return appendNull() }
        columns += 1
        buffer.appendField {
            // The version of the binary format (`jsonb_recv` in PostgreSQL's `jsonb.c`).
            $0.append(UInt8(1))
            $0.append(contentsOf: value.text.utf8)
        }
    }

    public mutating func appendNull() {
        columns += 1
        buffer.append(Int32(-1))
    }
}
