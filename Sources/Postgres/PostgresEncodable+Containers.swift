extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    public var postgresBind: Bind { self?.postgresBind ?? .null }
}

extension Optional: PostgresBinaryEncodable where Wrapped: PostgresBinaryEncodable {
    public static var postgresType: PostgresType { Wrapped.postgresType }

    public func encodeBinary(into buffer: inout BinaryBuffer) -> Bool {
        guard let value = self else { return false }
        return value.encodeBinary(into: &buffer)
    }
}

extension Array: PostgresEncodable where Element: PostgresBinaryEncodable {
    /// The array in binary format, its type declared: `unnest(\(ids))` needs no cast, another element type takes one
    /// (`\(names)::my_enum[]`).
    public var postgresBind: Bind {
        var buffer = BinaryBuffer()
        encodeArray(into: &buffer)
        return Bind(oid: Element.postgresType.arrayOID, isBinary: true, bytes: buffer.bytes)
    }

    /// One dimension, lower bound 1 (`array_recv` in PostgreSQL's `arrayfuncs.c`): dimensions, whether there are NULLs, element type,
    /// length, lower bound, then the elements as fields.
    func encodeArray(into buffer: inout BinaryBuffer) {
        buffer.reserveCapacity(20 + count * 16)
        buffer.append(Int32(isEmpty ? 0 : 1))
        buffer.append(Int32(0))
        buffer.append(Element.postgresType.oid)
        guard !isEmpty else { return }
        buffer.append(Int32(count))
        buffer.append(Int32(1))
        for element in self { buffer.appendField(element) }
    }
}
