import FoundationEssentials
import Kernel

extension JSONShape {
    /// Asks a type what it reads, by letting it read itself from values that are made up: what `JSONCoding` writes of it has this shape.
    ///
    /// - Throws: ``ShapelessType`` where the type reads itself in a way that no schema could tell: it checks a text, say, or has a value that
    ///   may be null.
    public init(of type: (some Decodable).Type) throws {
        self = try Collected.value(of: type, depth: 0).shape
    }
}

/// No schema can say what values of the type look like.
public struct ShapelessType: Error, Equatable, CustomStringConvertible {
    public let type: String
    public let reason: String

    init(_ type: Any.Type, _ reason: String) {
        self.type = String(describing: type)
        self.reason = reason
    }

    public var description: String { "there is no schema of \(type): \(reason)" }
}

/// A shape, and some value that has it: the one that is reading goes on with that.
private struct Collected<Value: Decodable> {
    let shape: JSONShape
    let value: Value

    private init(_ shape: JSONShape, _ value: Any) throws {
        guard let value = value as? Value else { throw ShapelessType(Value.self, "it is not what it seems") }
        self.shape = shape
        self.value = value
    }

    static func value(of type: Value.Type, depth: Int) throws -> Collected {
        if type == UUID.self { return try Collected(.string(.uuid), UUID(high: 0, low: 0)) }
        if type == Timestamp.self { return try Collected(.string(.time), Timestamp(microseconds: 0)) }
        if type == String.self { return try Collected(.string(nil), "") }
        if type == Bool.self { return try Collected(.boolean, false) }
        if let integer = type as? any FixedWidthInteger.Type { return try Collected(.integer, zero(integer)) }
        if type is any BinaryFloatingPoint.Type { throw ShapelessType(type, "events have whole numbers only") }
        if let choice = type as? any CaseIterable.Type, let cases = texts(choice), let first = cases.first {
            return try Collected(.choice(name: String(describing: type), cases.map(\.text)), first.value)
        }
        guard depth < 16 else { throw ShapelessType(type, "it contains itself") }
        let collector = ShapeCollector(type: type, depth: depth)
        let value: Value
        do {
            value = try Value(from: collector)
        } catch let error as DecodingError {
            throw ShapelessType(type, "it takes only some values: \(error)")
        }
        guard let shape = collector.shape else { throw ShapelessType(type, "it may be null, or reads nothing") }
        return try Collected(shape, value)
    }

    private static func zero<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Any { Integer.zero }

    private static func texts<Choice: CaseIterable>(_ type: Choice.Type) -> [(text: String, value: Any)]? {
        let cases = Choice.allCases.compactMap { value in
            ((value as? any RawRepresentable)?.rawValue as? String).map { (text: $0, value: value as Any) }
        }
        return cases.count == Choice.allCases.count ? cases : nil
    }
}

/// Notes what a type reads.
private final class ShapeCollector: Decoder {
    let type: Any.Type
    let depth: Int
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    private var single: JSONShape?
    private(set) var element: JSONShape?
    private var members: [JSONMember]?
    /// Those of which it was asked whether they are null.
    private var optional: Set<String> = []

    init(type: Any.Type, depth: Int) {
        self.type = type
        self.depth = depth
    }

    var shape: JSONShape? {
        if let members { return .object(name: String(describing: type), members) }
        return element.map { .array($0) } ?? single
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        members = members ?? []
        return KeyedDecodingContainer(Members(collector: self))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer { Elements(collector: self) }
    func singleValueContainer() -> any SingleValueDecodingContainer { Single(collector: self) }

    func noteOptional(_ key: some CodingKey) {
        optional.insert(key.stringValue)
    }

    func member<Value: Decodable>(_ type: Value.Type, _ key: some CodingKey) throws -> Value {
        let collected = try Collected.value(of: type, depth: depth + 1)
        members?.append(
            JSONMember(
                name: JSONCoding.key(key.stringValue), shape: collected.shape, isRequired: !optional.contains(key.stringValue)))
        return collected.value
    }

    func next<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let collected = try Collected.value(of: type, depth: depth + 1)
        element = collected.shape
        return collected.value
    }

    func whole<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let collected = try Collected.value(of: type, depth: depth + 1)
        single = collected.shape
        return collected.value
    }

    var refusal: ShapelessType { ShapelessType(type, "it reads members of its members itself") }
}

private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let collector: ShapeCollector
    let codingPath: [any CodingKey] = []
    let allKeys: [Key] = []

    func contains(_ key: Key) -> Bool { true }

    /// Asked before every value that may be missing, and before no other.
    func decodeNil(forKey key: Key) -> Bool {
        collector.noteOptional(key)
        return false
    }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try collector.member(type, key) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
        throw collector.refusal
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw collector.refusal }
    func superDecoder() throws -> any Decoder { throw collector.refusal }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw collector.refusal }
}

/// Of one element, which tells of all.
private struct Elements: UnkeyedDecodingContainer {
    let collector: ShapeCollector
    let codingPath: [any CodingKey] = []
    let count: Int? = nil
    var isAtEnd: Bool { collector.element != nil }
    var currentIndex: Int { isAtEnd ? 1 : 0 }

    func decodeNil() -> Bool { false }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try collector.next(type) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> { throw collector.refusal }
    func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { throw collector.refusal }
    func superDecoder() throws -> any Decoder { throw collector.refusal }
}

private struct Single: SingleValueDecodingContainer {
    let collector: ShapeCollector
    let codingPath: [any CodingKey] = []

    func decodeNil() -> Bool { true }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try collector.whole(type) }
}
