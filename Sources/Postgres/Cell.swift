/// One value of a result, still in the server's binary format. It keeps the whole result alive, so it is read and let go.
public struct Cell {
    private let result: ResultHandle
    private let bytes: UnsafeRawBufferPointer?
    private let columnIndex: Int32
    /// The type of the value by object id.
    public let oid: UInt32

    init(result: ResultHandle, bytes: UnsafeRawBufferPointer?, columnIndex: Int32, oid: UInt32) {
        self.result = result
        self.bytes = bytes
        self.columnIndex = columnIndex
        self.oid = oid
    }

    public var isNull: Bool { bytes == nil }

    /// The name of the column.
    public var column: String { result.columnName(columnIndex) }

    /// Lends the bytes; they must not be kept.
    ///
    /// - Throws: a decoding error where the value is NULL.
    public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        guard let bytes else { throw failure("is NULL") }
        return try withExtendedLifetime(result) { try body(bytes) }
    }

    /// A decoding error that names the column. The text says what is wrong and never carries the value.
    public func failure(_ text: String) -> PostgresError {
        PostgresError(.decoding, "column \"\(column)\" \(text)", statement: result.statement, location: result.location)
    }

    func mismatch<Value>(_ type: Value.Type) -> PostgresError {
        failure("has type \(oid), which is not read as \(type)")
    }

    func require<Value>(_ type: Value.Type, oid expected: UInt32) throws {
        if oid != expected { throw mismatch(type) }
    }

    func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws -> Integer {
        try withBytes { bytes in
            guard bytes.count == MemoryLayout<Integer>.size else {
                throw failure("has \(bytes.count) bytes where \(type) needs another number")
            }
            return bytes.bigEndian(type, at: 0)
        }
    }

    /// A part of this value, such as an element of an array.
    func part(_ bytes: UnsafeRawBufferPointer?, oid: UInt32) -> Cell {
        Cell(result: result, bytes: bytes, columnIndex: columnIndex, oid: oid)
    }
}

extension UnsafeRawBufferPointer {
    func bigEndian<Integer: FixedWidthInteger>(_ type: Integer.Type, at offset: Int) -> Integer {
        Integer(bigEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}
