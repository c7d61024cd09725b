import FoundationEssentials

/// Encodes a value for people who read and scripts that pick: members in their order of declaration, keys in snake_case, UUIDs in lower
/// case as PostgreSQL has them. `JSONEncoder` can do none of the first and the last.
public enum OrderedJSONEncoder {
    /// - Throws: what the value's own `encode(to:)` throws.
    public static func encode(_ value: some Encodable) throws -> OrderedJSON {
        try json(value, at: [])
    }

    fileprivate static func json(_ value: some Encodable, at path: [any CodingKey]) throws -> OrderedJSON {
        switch value {
        case let value as JSONValue: return OrderedJSON(value)
        case let value as UUID: return .string(value.text)
        default:
            // The keys of a dictionary are data and stay as they are, as with Foundation's encoder.
            let node = Node(path: path, keepsKeys: value is any DictionaryOfStrings)
            try value.encode(to: node)
            return node.json
        }
    }

    /// `organizationId` to `organization_id`, `baseURL` to `base_url`.
    static func snakeCase(_ key: String) -> String {
        let bytes = Array(key.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 4)
        for (index, byte) in bytes.enumerated() {
            guard isUpperCase(byte) else {
                result.append(byte)
                continue
            }
            let followsWord = index > 0 && !isUpperCase(bytes[index - 1]) && bytes[index - 1] != UInt8(ascii: "_")
            let beginsWord = index > 0 && isUpperCase(bytes[index - 1]) && index + 1 < bytes.count && isLowerCase(bytes[index + 1])
            if followsWord || beginsWord { result.append(UInt8(ascii: "_")) }
            result.append(byte | 0x20)
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isUpperCase(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func isLowerCase(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}

private protocol DictionaryOfStrings {}
extension Dictionary: DictionaryOfStrings where Key == String {}

/// One value in the making; containers write into it.
private final class Node: Encoder {
    private enum Content {
        case empty
        case single(OrderedJSON)
        case members([(key: String, value: Node)])
        case elements([Node])
    }

    let codingPath: [any CodingKey]
    let userInfo: [CodingUserInfoKey: Any] = [:]
    private let keepsKeys: Bool
    private var content = Content.empty

    init(path: [any CodingKey], keepsKeys: Bool = false) {
        codingPath = path
        self.keepsKeys = keepsKeys
    }

    var json: OrderedJSON {
        switch content {
        case .empty: .object([])
        case .single(let value): value
        case .members(let members): .object(members.map { (key: $0.key, value: $0.value.json) })
        case .elements(let elements): .array(elements.map(\.json))
        }
    }

    var count: Int {
        if case .elements(let elements) = content { elements.count } else { 0 }
    }

    func set(_ value: OrderedJSON) {
        content = .single(value)
    }

    func beginMembers() {
        if case .members = content { return }
        content = .members([])
    }

    func beginElements() {
        if case .elements = content { return }
        content = .elements([])
    }

    func member(_ key: any CodingKey) -> Node {
        let node = Node(path: codingPath + [key])
        if case .members(var members) = content {
            content = .empty
            members.append((keepsKeys ? key.stringValue : OrderedJSONEncoder.snakeCase(key.stringValue), node))
            content = .members(members)
        }
        return node
    }

    func element() -> Node {
        let node = Node(path: codingPath)
        if case .elements(var elements) = content {
            content = .empty
            elements.append(node)
            content = .elements(elements)
        }
        return node
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        beginMembers()
        return KeyedEncodingContainer(Members(node: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        beginElements()
        return Elements(node: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        Single(node: self)
    }
}

private struct Single: SingleValueEncodingContainer {
    let node: Node
    var codingPath: [any CodingKey] { node.codingPath }

    func encodeNil() { node.set(.null) }
    func encode(_ value: Bool) { node.set(.bool(value)) }
    func encode(_ value: String) { node.set(.string(value)) }
    func encode(_ value: Double) { node.set(.number(value)) }
    func encode(_ value: Float) { node.set(.number(Double(value))) }
    func encode(_ value: Int) { node.set(.integer(Int64(value))) }
    func encode(_ value: Int8) { node.set(.integer(Int64(value))) }
    func encode(_ value: Int16) { node.set(.integer(Int64(value))) }
    func encode(_ value: Int32) { node.set(.integer(Int64(value))) }
    func encode(_ value: Int64) { node.set(.integer(value)) }
    func encode(_ value: UInt) { node.set(.unsigned(UInt64(value))) }
    func encode(_ value: UInt8) { node.set(.unsigned(UInt64(value))) }
    func encode(_ value: UInt16) { node.set(.unsigned(UInt64(value))) }
    func encode(_ value: UInt32) { node.set(.unsigned(UInt64(value))) }
    func encode(_ value: UInt64) { node.set(.unsigned(value)) }
    func encode(_ value: some Encodable) throws { node.set(try OrderedJSONEncoder.json(value, at: codingPath)) }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: Node
    var codingPath: [any CodingKey] { node.codingPath }

    func encodeNil(forKey key: Key) { node.member(key).set(.null) }
    func encode(_ value: Bool, forKey key: Key) { node.member(key).set(.bool(value)) }
    func encode(_ value: String, forKey key: Key) { node.member(key).set(.string(value)) }
    func encode(_ value: Double, forKey key: Key) { node.member(key).set(.number(value)) }
    func encode(_ value: Float, forKey key: Key) { node.member(key).set(.number(Double(value))) }
    func encode(_ value: Int, forKey key: Key) { node.member(key).set(.integer(Int64(value))) }
    func encode(_ value: Int8, forKey key: Key) { node.member(key).set(.integer(Int64(value))) }
    func encode(_ value: Int16, forKey key: Key) { node.member(key).set(.integer(Int64(value))) }
    func encode(_ value: Int32, forKey key: Key) { node.member(key).set(.integer(Int64(value))) }
    func encode(_ value: Int64, forKey key: Key) { node.member(key).set(.integer(value)) }
    func encode(_ value: UInt, forKey key: Key) { node.member(key).set(.unsigned(UInt64(value))) }
    func encode(_ value: UInt8, forKey key: Key) { node.member(key).set(.unsigned(UInt64(value))) }
    func encode(_ value: UInt16, forKey key: Key) { node.member(key).set(.unsigned(UInt64(value))) }
    func encode(_ value: UInt32, forKey key: Key) { node.member(key).set(.unsigned(UInt64(value))) }
    func encode(_ value: UInt64, forKey key: Key) { node.member(key).set(.unsigned(value)) }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        node.member(key).set(try OrderedJSONEncoder.json(value, at: codingPath + [key]))
    }

    func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type, forKey key: Key) -> KeyedEncodingContainer<NestedKey> {
        node.member(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { node.member(key).unkeyedContainer() }
    func superEncoder() -> any Encoder { node }
    func superEncoder(forKey key: Key) -> any Encoder { node.member(key) }
}

private struct Elements: UnkeyedEncodingContainer {
    let node: Node
    var codingPath: [any CodingKey] { node.codingPath }
    var count: Int { node.count }

    func encodeNil() { node.element().set(.null) }
    func encode(_ value: some Encodable) throws { node.element().set(try OrderedJSONEncoder.json(value, at: codingPath)) }

    func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
        node.element().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { node.element().unkeyedContainer() }
    func superEncoder() -> any Encoder { node.element() }
}
