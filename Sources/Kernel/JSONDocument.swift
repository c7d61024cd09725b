import FoundationEssentials

/// A JSON text that has been scanned, and what its nodes are as values of Swift. Of members with one name the first counts.
final class JSONDocument {
    /// More members than this are found over a table.
    private static let membersToWalk = 16

    private let text: String
    private let nodes: [JSONNode]
    /// Of large objects: the node of each name's value. Made when first asked for.
    private var tables: [Int: [String: Int]] = [:]

    init(_ text: String) throws {
        var text = text
        nodes = try text.withUTF8 { try JSONScanner.nodes(of: $0) }
        // In one piece from now on.
        self.text = text
    }

    subscript(node: Int) -> JSONNode { nodes[node] }

    private func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        guard let result = try text.utf8.withContiguousStorageIfAvailable(body) else { preconditionFailure("the text is in pieces") }
        return result
    }

    private func withBytes<R>(of node: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        let (start, end) = (nodes[node].start, nodes[node].end)
        return try withBytes { try body(UnsafeBufferPointer(rebasing: $0[start..<end])) }
    }

    // MARK: Values

    func isNull(_ node: Int) -> Bool { nodes[node].kind == .null }

    func bool(_ node: Int) throws -> Bool {
        switch nodes[node].kind {
        case .true: return true
        case .false: return false
        default: throw mismatch(node, Bool.self, "true or false")
        }
    }

    func string(_ node: Int) throws -> String {
        guard nodes[node].kind == .string else { throw mismatch(node, String.self, "a string") }
        guard let string = unescaped(node) else { throw corrupted(node, "half of a surrogate pair in a string") }
        return string
    }

    private func unescaped(_ node: Int) -> String? {
        withBytes(of: node) { nodes[node].isEscaped ? JSONString.unescaped($0) : String(decoding: $0, as: UTF8.self) }
    }

    func integer<Value: FixedWidthInteger>(_ node: Int, as type: Value.Type = Value.self) throws -> Value {
        guard nodes[node].kind == .number else { throw mismatch(node, type, "a number") }
        guard let value = withBytes(of: node, { JSONNumber.integer($0, as: type) }) else {
            throw corrupted(node, "\"\(raw(node))\" does not fit \(type)")
        }
        return value
    }

    func floating<Value: BinaryFloatingPoint & LosslessStringConvertible>(_ node: Int, as type: Value.Type = Value.self) throws -> Value {
        guard nodes[node].kind == .number else { throw mismatch(node, type, "a number") }
        guard let value = Value(raw(node)), value.isFinite else { throw corrupted(node, "\"\(raw(node))\" does not fit \(type)") }
        return value
    }

    private func raw(_ node: Int) -> String {
        withBytes(of: node) { String(decoding: $0, as: UTF8.self) }
    }

    func uuid(_ node: Int) throws -> UUID {
        guard nodes[node].kind == .string else { throw mismatch(node, UUID.self, "a UUID") }
        let id = nodes[node].isEscaped ? UUID(text: try string(node)) : withBytes(of: node) { UUID(utf8: $0) }
        guard let id else { throw corrupted(node, "not a UUID") }
        return id
    }

    func timestamp(_ node: Int) throws -> Timestamp {
        guard nodes[node].kind == .string else { throw mismatch(node, Timestamp.self, "a time") }
        let time = nodes[node].isEscaped ? Timestamp(try string(node)) : withBytes(of: node) { Timestamp(utf8: $0) }
        guard let time else { throw corrupted(node, "not an RFC 3339 time") }
        return time
    }

    /// What is there, whatever it is. A number is an integer where it has the value of one that an `Int64` holds.
    func value(_ node: Int) throws -> JSONValue {
        switch nodes[node].kind {
        case .null: return .null
        case .true: return .bool(true)
        case .false: return .bool(false)
        case .string: return .string(try string(node))
        case .number:
            if let value = withBytes(of: node, { JSONNumber.integer($0, as: Int64.self) }) { return .integer(value) }
            return .number(try floating(node))
        case .array:
            var values: [JSONValue] = []
            values.reserveCapacity(nodes[node].count)
            try forEachElement(of: node) { values.append(try value($0)) }
            return .array(values)
        case .object:
            var members: [String: JSONValue] = [:]
            members.reserveCapacity(nodes[node].count)
            try forEachMember(of: node) { name, member in
                if members[name] == nil { members[name] = try value(member) }
            }
            return .object(members)
        }
    }

    // MARK: What is in them

    private func forEachElement(of array: Int, _ body: (Int) throws -> Void) rethrows {
        var element = array + 1
        while element < nodes[array].next {
            try body(element)
            element = nodes[element].next
        }
    }

    private func forEachMember(of object: Int, _ body: (_ name: String, _ value: Int) throws -> Void) rethrows {
        var name = object + 1
        while name < nodes[object].next {
            try body(self.name(name), name + 1)
            name = nodes[name + 1].next
        }
    }

    private func name(_ node: Int) -> String {
        guard let name = unescaped(node) else { preconditionFailure("a name that was not scanned") }
        return name
    }

    /// The names of an object's members, each once, in the order of the text.
    func names(of object: Int) -> [String] {
        var names: [String] = []
        var known: Set<String> = []
        forEachMember(of: object) { name, _ in
            if known.insert(name).inserted { names.append(name) }
        }
        return names
    }

    /// - Parameter key: how Swift names the member.
    /// - Parameter isData: the key stands in the text as it is, and not in snake_case.
    /// - Returns: the node of its value.
    func member(_ key: String, of object: Int, isData: Bool) -> Int? {
        if nodes[object].count > Self.membersToWalk { return table(of: object)[isData ? key : SnakeCase.text(key)] }
        var key = key
        return key.withUTF8 { key in withBytes { find(key, in: object, isData: isData, $0) } }
    }

    private func find(_ key: UnsafeBufferPointer<UInt8>, in object: Int, isData: Bool, _ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var name = object + 1
        let end = nodes[object].next
        while name < end {
            let node = nodes[name]
            if node.isEscaped {
                var text = self.name(name)
                if text.withUTF8({ isKey(key, $0, isData: isData) }) { return name + 1 }
            } else if isKey(key, UnsafeBufferPointer(rebasing: bytes[node.start..<node.end]), isData: isData) {
                return name + 1
            }
            name = nodes[name + 1].next
        }
        return nil
    }

    private func isKey(_ key: UnsafeBufferPointer<UInt8>, _ name: UnsafeBufferPointer<UInt8>, isData: Bool) -> Bool {
        isData ? key.elementsEqual(name) : SnakeCase.isText(name, of: key)
    }

    private func table(of object: Int) -> [String: Int] {
        if let table = tables[object] { return table }
        var table: [String: Int] = [:]
        forEachMember(of: object) { name, value in
            if table[name] == nil { table[name] = value }
        }
        tables[object] = table
        return table
    }

    // MARK: Failures

    func mismatch(_ node: Int, _ type: Any.Type, _ wanted: String) -> DecodingError {
        let found =
            switch nodes[node].kind {
            case .null: "null"
            case .true, .false: "a boolean"
            case .number: "a number"
            case .string: "a string"
            case .array: "an array"
            case .object: "an object"
            }
        let context = DecodingError.Context(codingPath: path(to: node), debugDescription: "\(found) instead of \(wanted)")
        return isNull(node) ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }

    private func corrupted(_ node: Int, _ reason: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: path(to: node), debugDescription: reason))
    }

    /// From the root down. Looked for where somebody asks, which is nobody while all goes well.
    func path(to target: Int) -> [any CodingKey] {
        var path: [JSONKey] = []
        var node = 0
        while node < target, let step = step(from: node, to: target) {
            path.append(step.key)
            node = step.node
        }
        return path
    }

    private func step(from node: Int, to target: Int) -> (node: Int, key: JSONKey)? {
        var found: (node: Int, key: JSONKey)?
        switch nodes[node].kind {
        case .array:
            var index = 0
            forEachElement(of: node) { element in
                if (element..<nodes[element].next).contains(target) { found = (element, JSONKey(intValue: index)) }
                index += 1
            }
        case .object:
            forEachMember(of: node) { name, value in
                if (value..<nodes[value].next).contains(target) { found = (value, JSONKey(stringValue: name)) }
            }
        default: break
        }
        return found
    }
}

/// A place in a text, by its name there.
struct JSONKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) {
        stringValue = String(intValue)
        self.intValue = intValue
    }
}
