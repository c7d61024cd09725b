public import FoundationEssentials
public import Kernel

/// A value that can be read from a column.
public protocol PostgresDecodable {
    /// - Throws: `PostgresError` of kind `.decoding` where the column has another type, is NULL, or holds what the type cannot carry.
    init(postgres cell: Cell) throws
}

extension PostgresDecodable where Self: FixedWidthInteger {
    /// Reads `int2`, `int4`, `int8` and `oid`; a value beyond the type's range is an error.
    public init(postgres cell: Cell) throws {
        let value: Int64 =
            switch cell.oid {
            case OID.int8: try cell.integer(Int64.self)
            case OID.int4: Int64(try cell.integer(Int32.self))
            case OID.int2: Int64(try cell.integer(Int16.self))
            case OID.oid: Int64(try cell.integer(UInt32.self))
            default: throw cell.mismatch(Self.self)
            }
        guard let exact = Self(exactly: value) else { throw cell.failure("is beyond the range of \(Self.self)") }
        self = exact
    }
}

extension Int: PostgresDecodable {}
extension Int64: PostgresDecodable {}
extension Int32: PostgresDecodable {}
extension Int16: PostgresDecodable {}
extension UInt32: PostgresDecodable {}

extension String: PostgresDecodable {
    /// Reads text of every kind, `json`, `jsonb`, and types that were created, such as enums, whose binary format is text.
    public init(postgres cell: Cell) throws {
        switch cell.oid {
        case OID.text, OID.varchar, OID.bpchar, OID.name, OID.json, OID.unknown, OID.char:
            self = try cell.withBytes { String(decoding: $0, as: UTF8.self) }
        case OID.jsonb:
            self = try cell.withBytes { bytes in
                guard bytes.first == 1 else { throw cell.failure("has an unknown version of jsonb") }
                return String(decoding: bytes.dropFirst(), as: UTF8.self)
            }
        case OID.firstUserDefined...:
            self = try cell.withBytes { bytes in
                guard let text = String(validating: bytes, as: UTF8.self) else { throw cell.mismatch(String.self) }
                return text
            }
        default: throw cell.mismatch(String.self)
        }
    }
}

extension Bool: PostgresDecodable {
    public init(postgres cell: Cell) throws {
        try cell.require(Bool.self, oid: OID.bool)
        self = try cell.integer(UInt8.self) != 0
    }
}

extension Double: PostgresDecodable {
    public init(postgres cell: Cell) throws {
        switch cell.oid {
        case OID.float8: self = Double(bitPattern: try cell.integer(UInt64.self))
        case OID.float4: self = Double(Float(bitPattern: try cell.integer(UInt32.self)))
        default: throw cell.mismatch(Double.self)
        }
    }
}

extension UUID: PostgresDecodable {
    public init(postgres cell: Cell) throws {
        try cell.require(UUID.self, oid: OID.uuid)
        self = try cell.withBytes { bytes in
            guard bytes.count == 16 else { throw cell.failure("is no UUID") }
            return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
        }
    }
}

extension Timestamp: PostgresDecodable {
    /// Reads `timestamptz`; the infinities, which no instant is, are an error.
    public init(postgres cell: Cell) throws {
        try cell.require(Timestamp.self, oid: OID.timestamptz)
        let value = try cell.integer(Int64.self)
        guard value != .min, value != .max else { throw cell.failure("is infinite") }
        let (microseconds, overflow) = value.addingReportingOverflow(Self.postgresEpoch)
        guard !overflow else { throw cell.failure("is beyond the range of Timestamp") }
        self.init(microseconds: microseconds)
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    public init(postgres cell: Cell) throws {
        self = cell.isNull ? nil : try Wrapped(postgres: cell)
    }
}

extension Array: PostgresDecodable where Element: PostgresDecodable {
    /// Reads arrays of one dimension, whatever their lower bound. NULL elements need an optional element type.
    public init(postgres cell: Cell) throws {
        self = try cell.withBytes { bytes in
            guard bytes.count >= 12, cell.isArray else { throw cell.mismatch([Element].self) }
            let dimensions = bytes.bigEndian(Int32.self, at: 0)
            let elementOID = bytes.bigEndian(UInt32.self, at: 8)
            if dimensions == 0 { return [] }
            guard dimensions == 1, bytes.count >= 20 else { throw cell.failure("is an array of more than one dimension") }
            var elements: [Element] = []
            let count = Int(bytes.bigEndian(Int32.self, at: 12))
            elements.reserveCapacity(count)
            var offset = 20
            for _ in 0..<count {
                guard offset + 4 <= bytes.count else { throw cell.failure("is a truncated array") }
                let length = Int(bytes.bigEndian(Int32.self, at: offset))
                offset += 4
                if length < 0 {
                    elements.append(try Element(postgres: cell.part(nil, oid: elementOID)))
                    continue
                }
                guard offset + length <= bytes.count else { throw cell.failure("is a truncated array") }
                let part = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
                elements.append(try Element(postgres: cell.part(part, oid: elementOID)))
                offset += length
            }
            return elements
        }
    }
}

extension Cell {
    /// Whether the type may be an array: one of the built-in ones that are read here, or a type that was created.
    fileprivate var isArray: Bool {
        switch oid {
        case OID.boolArray, OID.byteaArray, OID.int2Array, OID.int4Array, OID.textArray, OID.int8Array, OID.float8Array, OID.jsonArray,
            OID.timestamptzArray, OID.numericArray, OID.uuidArray, OID.jsonbArray, OID.snapshotArray, OID.xid8Array, 1_002, 1_003, 1_014,
            1_015, 1_021, 1_028:
            true
        default: oid >= OID.firstUserDefined
        }
    }
}
