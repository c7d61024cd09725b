/// A JSON document as text, unparsed. A `json` column gives back the very text; `jsonb` a normalized one.
public struct JSONText: Sendable, Hashable {
    public var text: String

    public init(_ text: String) {
        self.text = text
    }
}

extension JSONText: PostgresBinaryEncodable, PostgresDecodable {
    public var postgresBind: Bind { Bind(text: text) }
    /// `json` and not `jsonb`, because it keeps the text and is assigned to a `jsonb` column all the same.
    public static var postgresType: PostgresType { PostgresType(oid: OID.json, arrayOID: OID.jsonArray) }

    public func encodeBinary(into buffer: inout BinaryBuffer) -> Bool {
        buffer.append(contentsOf: text.utf8)
        return true
    }

    public init(postgres cell: Cell) throws {
        self.init(try String(postgres: cell))
    }
}
