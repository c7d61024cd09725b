/// Decides which statements of a connection are worth preparing: those that come a second time, as many as fit.
///
/// A value without I/O: the link sends what a plan says and reports back what failed.
struct StatementCache {
    struct Key: Hashable {
        let text: String
        let oids: [UInt32]

        init(_ sql: SQL) {
            text = sql.text
            oids = sql.binds.map(\.oid)
        }
    }

    enum Plan: Equatable {
        /// Not prepared: sent with its text.
        case once
        case prepare(name: String)
        case prepared(name: String)
    }

    private struct Entry {
        var name: String?
        var lastUse: UInt64
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var clock: UInt64 = 0
    private var serial = 0
    /// Names of prepared statements that were displaced; whoever takes them deallocates them.
    private(set) var displaced: [String] = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { entries.count }

    mutating func plan(for key: Key) -> Plan {
        guard capacity > 0 else { return .once }
        clock += 1
        if var entry = entries[key] {
            entry.lastUse = clock
            defer { entries[key] = entry }
            if let name = entry.name { return .prepared(name: name) }
            serial += 1
            let name = "s\(serial)"
            entry.name = name
            return .prepare(name: name)
        }
        makeRoom()
        entries[key] = Entry(name: nil, lastUse: clock)
        return .once
    }

    /// The statement is not (or no longer) prepared on the server.
    mutating func forget(_ key: Key) {
        entries[key] = nil
    }

    /// Forgets a statement that the server still has.
    mutating func discard(_ key: Key) {
        if let name = entries.removeValue(forKey: key)?.name { displaced.append(name) }
    }

    mutating func discardAll() {
        displaced += entries.values.compactMap(\.name)
        entries = [:]
    }

    mutating func takeDisplaced() -> [String] {
        defer { displaced = [] }
        return displaced
    }

    mutating func putBack(displaced name: String) {
        displaced.append(name)
    }

    private mutating func makeRoom() {
        guard entries.count >= capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key else { return }
        discard(oldest)
    }
}
