/// A full transaction id, which never wraps around.
public struct Xid8: Sendable, Hashable, Comparable {
    public let value: UInt64

    public init(_ value: UInt64) {
        self.value = value
    }

    public var next: Xid8 { Xid8(value + 1) }

    public static func < (left: Xid8, right: Xid8) -> Bool {
        left.value < right.value
    }
}

extension Xid8: PostgresBinaryEncodable, PostgresDecodable {
    public var postgresBind: Bind { Bind(text: String(value)) }
    public static var postgresType: PostgresType { PostgresType(oid: OID.xid8, arrayOID: OID.xid8Array) }

    public func encodeBinary(into buffer: inout BinaryBuffer) -> Bool {
        buffer.append(value)
        return true
    }

    public init(postgres cell: Cell) throws {
        try cell.require(Xid8.self, oid: OID.xid8)
        self.init(try cell.integer(UInt64.self))
    }
}
