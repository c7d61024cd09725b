import FoundationEssentials

/// Encodes a value for people who read and scripts that pick: members in their order of declaration, keys in snake_case, UUIDs in lower
/// case as PostgreSQL has them. `JSONEncoder` can do none of the first and the last.
public enum OrderedJSONEncoder {
    /// - Throws: what the value's own `encode(to:)` throws.
    public static func encode(_ value: some Encodable) throws -> OrderedJSON {
        try json(value, in: nil, nil)
    }

    fileprivate static func json<Value: Encodable>(_ value: Value, in parent: Node?, _ key: (any CodingKey)?) throws -> OrderedJSON {
        // Compared and not cast, which takes longer than all the rest.
        if Value.self == UUID.self { return .string(unsafeBitCast(value, to: UUID.self).text) }
        if Value.self == Timestamp.self { return .string(unsafeBitCast(value, to: Timestamp.self).description) }
        if Value.self == String.self { return .string(unsafeBitCast(value, to: String.self)) }
        if Value.self == JSONValue.self { return OrderedJSON(unsafeBitCast(value, to: JSONValue.self)) }
        let node = Node(of: Value.self, in: parent, key)
        try value.encode(to: node)
        return node.json
    }
}

/// What has keys that are data, and stay as they are.
protocol DictionaryOfStrings {}
extension Dictionary: DictionaryOfStrings where Key == String {}

/// One value in the making; containers write into it.
private final class Node: Encoder {
    enum Part {
        case made(OrderedJSON)
        /// A container that may be written to still.
        case open(Node)

        var json: OrderedJSON {
            switch self {
            case .made(let json): json
            case .open(let node): node.json
            }
        }
    }

    private enum Content {
        case single(OrderedJSON)
        case members
        case elements
    }

    let userInfo: [CodingUserInfoKey: Any] = [:]
    private let type: Any.Type
    private let parent: Node?
    private let key: (any CodingKey)?
    private var content = Content.members
    private var members: [(key: String, value: Part)] = []
    private var elements: [Part] = []
    private lazy var keepsKeys = type is any DictionaryOfStrings.Type

    /// - Parameter type: what is being encoded.
    init(of type: Any.Type, in parent: Node?, _ key: (any CodingKey)?) {
        self.type = type
        self.parent = parent
        self.key = key
    }

    var codingPath: [any CodingKey] {
        (parent?.codingPath ?? []) + (key.map { [$0] } ?? [])
    }

    var json: OrderedJSON {
        switch content {
        case .single(let value): value
        case .members: .object(members.map { (key: $0.key, value: $0.value.json) })
        case .elements: .array(elements.map(\.json))
        }
    }

    var count: Int { elements.count }

    func set(_ value: OrderedJSON) {
        content = .single(value)
    }

    func add(_ value: Part, _ key: some CodingKey) {
        members.append((keepsKeys ? key.stringValue : SnakeCase.text(key.stringValue), value))
    }

    func add(_ value: Part) {
        elements.append(value)
    }

    func member(_ key: some CodingKey) -> Node {
        let node = Node(of: Never.self, in: self, key)
        add(.open(node), key)
        return node
    }

    func element() -> Node {
        let node = Node(of: Never.self, in: self, JSONKey(intValue: count))
        add(.open(node))
        return node
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        content = .members
        return KeyedEncodingContainer(Members(node: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        content = .elements
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
    func encode(_ value: some Encodable) throws { node.set(try OrderedJSONEncoder.json(value, in: node, nil)) }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: Node
    var codingPath: [any CodingKey] { node.codingPath }

    func encodeNil(forKey key: Key) { node.add(.made(.null), key) }
    func encode(_ value: Bool, forKey key: Key) { node.add(.made(.bool(value)), key) }
    func encode(_ value: String, forKey key: Key) { node.add(.made(.string(value)), key) }
    func encode(_ value: Double, forKey key: Key) { node.add(.made(.number(value)), key) }
    func encode(_ value: Float, forKey key: Key) { node.add(.made(.number(Double(value))), key) }
    func encode(_ value: Int, forKey key: Key) { node.add(.made(.integer(Int64(value))), key) }
    func encode(_ value: Int8, forKey key: Key) { node.add(.made(.integer(Int64(value))), key) }
    func encode(_ value: Int16, forKey key: Key) { node.add(.made(.integer(Int64(value))), key) }
    func encode(_ value: Int32, forKey key: Key) { node.add(.made(.integer(Int64(value))), key) }
    func encode(_ value: Int64, forKey key: Key) { node.add(.made(.integer(value)), key) }
    func encode(_ value: UInt, forKey key: Key) { node.add(.made(.unsigned(UInt64(value))), key) }
    func encode(_ value: UInt8, forKey key: Key) { node.add(.made(.unsigned(UInt64(value))), key) }
    func encode(_ value: UInt16, forKey key: Key) { node.add(.made(.unsigned(UInt64(value))), key) }
    func encode(_ value: UInt32, forKey key: Key) { node.add(.made(.unsigned(UInt64(value))), key) }
    func encode(_ value: UInt64, forKey key: Key) { node.add(.made(.unsigned(value)), key) }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        node.add(.made(try OrderedJSONEncoder.json(value, in: node, key)), key)
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

    func encodeNil() { node.add(.made(.null)) }
    func encode(_ value: some Encodable) throws {
        node.add(.made(try OrderedJSONEncoder.json(value, in: node, JSONKey(intValue: count))))
    }

    func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
        node.element().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { node.element().unkeyedContainer() }
    func superEncoder() -> any Encoder { node.element() }
}
