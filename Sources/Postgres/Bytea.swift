/// Bytes, as a `bytea` column keeps them. A type of its own, because `[UInt8]` would be an array of numbers.
public struct Bytea: Sendable, Hashable {
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}

extension Bytea: PostgresBinaryEncodable, PostgresDecodable {
    public var postgresBind: Bind { Bind(oid: OID.bytea, isBinary: true, bytes: bytes) }
    public static var postgresType: PostgresType { PostgresType(oid: OID.bytea, arrayOID: OID.byteaArray) }

    public func encodeBinary(into buffer: inout BinaryBuffer) -> Bool {
        buffer.append(contentsOf: bytes)
        return true
    }

    public init(postgres cell: Cell) throws {
        try cell.require(Bytea.self, oid: OID.bytea)
        self.init(try cell.withBytes { Array($0) })
    }
}
