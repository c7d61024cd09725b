/// Which transactions a statement saw (PostgreSQL manual, "Transaction ID and Snapshot Information Functions").
public struct Snapshot: Sendable, Hashable {
    /// Every transaction below it has ended.
    public let xmin: Xid8
    /// No transaction from it on was visible.
    public let xmax: Xid8
    /// The transactions between the two that were still running, ascending.
    public let running: [Xid8]

    public init(xmin: Xid8, xmax: Xid8, running: [Xid8] = []) {
        self.xmin = xmin
        self.xmax = xmax
        self.running = running
    }

    /// Reads `xmin:xmax:running,running,…`; `nil` for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let xmin = UInt64(parts[0]), let xmax = UInt64(parts[1]) else { return nil }
        var running: [Xid8] = []
        for part in parts[2].split(separator: ",") {
            guard let value = UInt64(part) else { return nil }
            running.append(Xid8(value))
        }
        self.init(xmin: Xid8(xmin), xmax: Xid8(xmax), running: running)
    }

    /// The server's own text form.
    public var text: String {
        "\(xmin.value):\(xmax.value):\(running.map { String($0.value) }.joined(separator: ","))"
    }

    /// Whether what this transaction wrote and committed is visible (`pg_visible_in_snapshot`).
    public func sees(_ transaction: Xid8) -> Bool {
        if transaction < xmin { return true }
        return transaction < xmax && !running.contains(transaction)
    }

    /// The snapshot that sees of what this one sees only the transactions below a bound.
    public func limited(to bound: Xid8) -> Snapshot {
        guard bound < xmax else { return self }
        return Snapshot(xmin: min(xmin, bound), xmax: bound, running: running.filter { $0 < bound })
    }
}

extension Snapshot: PostgresBinaryEncodable, PostgresDecodable {
    public var postgresBind: Bind { Bind(text: text) }
    public static var postgresType: PostgresType { PostgresType(oid: OID.snapshot, arrayOID: OID.snapshotArray) }

    public func encodeBinary(into buffer: inout BinaryBuffer) -> Bool {
        buffer.append(Int32(running.count))
        for transaction in [xmin, xmax] + running { buffer.append(transaction.value) }
        return true
    }

    public init(postgres cell: Cell) throws {
        try cell.require(Snapshot.self, oid: OID.snapshot)
        self = try cell.withBytes { bytes in
            let count = (bytes.count - 4) / 8
            guard count >= 2, bytes.count == 4 + 8 * count, bytes.bigEndian(Int32.self, at: 0) == Int32(count - 2) else {
                throw cell.failure("is no snapshot")
            }
            let values = (0..<count).map { Xid8(bytes.bigEndian(UInt64.self, at: 4 + 8 * $0)) }
            return Snapshot(xmin: values[0], xmax: values[1], running: Array(values[2...]))
        }
    }
}
