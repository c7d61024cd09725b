public import FoundationEssentials
public import Kernel

extension String: PostgresBinaryEncodable {
    public var postgresBind: Bind { Bind(text: self) }
    public static var postgresType: PostgresType { PostgresType(oid: OID.text, arrayOID: OID.textArray) }

    public func encodeBinary(into buffer: inout BinaryBuffer) -> Bool {
        buffer.append(contentsOf: utf8)
        return true
    }
}

extension Int: PostgresBinaryEncodable {
    public var postgresBind: Bind { Bind(text: String(self)) }
    public static var postgresType: PostgresType { PostgresType(oid: OID.int8, arrayOID: OID.int8Array) }

    public func encodeBinary(into buffer: inout BinaryBuffer) -> Bool {
        buffer.append(Int64(self))
        return true
    }
}

extension Int64: PostgresBinaryEncodable {
    public var postgresBind: Bind { Bind(text: String(self)) }
    public static var postgresType: PostgresType { PostgresType(oid: OID.int8, arrayOID: OID.int8Array) }

    public func encodeBinary(into buffer: inout BinaryBuffer) -> Bool {
        buffer.append(self)
        return true
    }
}

extension Int32: PostgresBinaryEncodable {
    public var postgresBind: Bind { Bind(text: String(self)) }
    public static var postgresType: PostgresType { PostgresType(oid: OID.int4, arrayOID: OID.int4Array) }

    public func encodeBinary(into buffer: inout BinaryBuffer) -> Bool {
        buffer.append(self)
        return true
    }
}

extension Int16: PostgresBinaryEncodable {
    public var postgresBind: Bind { Bind(text: String(self)) }
    public static var postgresType: PostgresType { PostgresType(oid: OID.int2, arrayOID: OID.int2Array) }

    public func encodeBinary(into buffer: inout BinaryBuffer) -> Bool {
        buffer.append(self)
        return true
    }
}

extension Bool: PostgresBinaryEncodable {
    public var postgresBind: Bind { Bind(text: self ? "t" : "f") }
    public static var postgresType: PostgresType { PostgresType(oid: OID.bool, arrayOID: OID.boolArray) }

    public func encodeBinary(into buffer: inout BinaryBuffer) -> Bool {
        buffer.append(UInt8(self ? 1 : 0))
        return true
    }
}

extension Double: PostgresBinaryEncodable {
    /// The shortest text that reads back as the same number.
    public var postgresBind: Bind {
        if isNaN { return Bind(text: "NaN") }
        if isInfinite { return Bind(text: self < 0 ? "-Infinity" : "Infinity") }
        return Bind(text: description)
    }
    public static var postgresType: PostgresType { PostgresType(oid: OID.float8, arrayOID: OID.float8Array) }

    public func encodeBinary(into buffer: inout BinaryBuffer) -> Bool {
        buffer.append(bitPattern)
        return true
    }
}

extension UUID: PostgresBinaryEncodable {
    public var postgresBind: Bind { Bind(text: uuidString) }
    public static var postgresType: PostgresType { PostgresType(oid: OID.uuid, arrayOID: OID.uuidArray) }

    public func encodeBinary(into buffer: inout BinaryBuffer) -> Bool {
        withUnsafeBytes(of: uuid) { buffer.append(contentsOf: $0) }
        return true
    }
}

extension Timestamp: PostgresBinaryEncodable {
    /// RFC 3339, or for years before 1 the form with `BC` that the server reads.
    public var postgresBind: Bind { Bind(text: postgresText) }
    public static var postgresType: PostgresType { PostgresType(oid: OID.timestamptz, arrayOID: OID.timestamptzArray) }

    /// Microseconds between 1970-01-01 and 2000-01-01, from which PostgreSQL counts.
    static let postgresEpoch: Int64 = 946_684_800_000_000

    public func encodeBinary(into buffer: inout BinaryBuffer) -> Bool {
        buffer.append(microseconds &- Self.postgresEpoch)
        return true
    }

    private var postgresText: String {
        let yearOne = Timestamp(year: 1, month: 1, day: 1)
        guard self < yearOne else { return description }
        // Whole cycles of 400 years repeat the calendar, so the text of an instant some cycles later has the right month and day.
        let cycle: Int64 = 146_097 * 86_400_000_000
        let cycles = (yearOne.microseconds - microseconds - 1) / cycle + 1
        let text = Timestamp(microseconds: microseconds + cycles * cycle).description
        let year = (Int(text.prefix(4)) ?? 1) - 400 * Int(cycles)
        let digits = String(1 - year)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + text.dropFirst(4) + " BC"
    }
}
