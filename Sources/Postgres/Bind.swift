/// One parameter of a statement as it goes to the server.
public struct Bind: Sendable, Hashable {
    /// The type's object id, or 0 to let the server infer it from where the parameter stands.
    public let oid: UInt32
    /// Whether ``bytes`` are in the type's binary format rather than its text format.
    public let isBinary: Bool
    /// `nil` is NULL.
    public let bytes: [UInt8]?

    public init(oid: UInt32, isBinary: Bool, bytes: [UInt8]?) {
        self.oid = oid
        self.isBinary = isBinary
        self.bytes = bytes
    }

    /// A value in its text format, its type inferred by the server.
    public init(text: String) {
        self.init(oid: 0, isBinary: false, bytes: Array(text.utf8))
    }

    public static let null = Bind(oid: 0, isBinary: false, bytes: nil)
}

/// A value that can be a parameter.
///
/// Scalars go as text of no declared type, so that one Swift type fits every column type that reads it: `String` fits an enum, `Int` fits
/// `int4` and `int8`. Where the server has nothing to infer from (`select \(1)`), write a cast: `\(1)::int8`.
public protocol PostgresEncodable: Sendable {
    var postgresBind: Bind { get }
}

/// A value with one fixed column type and a binary form: what arrays and COPY need.
public protocol PostgresBinaryEncodable: PostgresEncodable {
    static var postgresType: PostgresType { get }
    /// Appends the binary format of the type, without a length; `false` stands for NULL and appends nothing.
    func encodeBinary(into buffer: inout BinaryBuffer) -> Bool
}

/// A column type and the type of its arrays, by object id.
public struct PostgresType: Sendable, Hashable {
    public let oid: UInt32
    public let arrayOID: UInt32

    public init(oid: UInt32, arrayOID: UInt32) {
        self.oid = oid
        self.arrayOID = arrayOID
    }
}

/// Bytes in the order of the network, as every binary format of PostgreSQL has them.
public struct BinaryBuffer: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func append<Integer: FixedWidthInteger>(_ integer: Integer) {
        withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
    }

    public mutating func append(contentsOf other: some Sequence<UInt8>) {
        bytes.append(contentsOf: other)
    }

    mutating func append(contentsOf other: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: other)
    }

    /// Appends a field as arrays and COPY have it: its length, or -1 for NULL, and its bytes.
    mutating func appendField(_ value: some PostgresBinaryEncodable) {
        let start = bytes.count
        append(Int32(-1))
        guard value.encodeBinary(into: &self) else { return }
        store(Int32(bytes.count - start - 4), at: start)
    }

    mutating func appendField(_ body: (inout BinaryBuffer) -> Void) {
        let start = bytes.count
        append(Int32(-1))
        body(&self)
        store(Int32(bytes.count - start - 4), at: start)
    }

    mutating func store<Integer: FixedWidthInteger>(_ integer: Integer, at offset: Int) {
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: integer.bigEndian, toByteOffset: offset, as: Integer.self) }
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func truncate(to count: Int) {
        bytes.removeSubrange(count...)
    }

    mutating func reserveCapacity(_ capacity: Int) {
        bytes.reserveCapacity(capacity)
    }
}
