/// JSON whose members keep their order.
public enum OrderedJSON: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case number(Double)
    case string(String)
    case array([OrderedJSON])
    case object([(key: String, value: OrderedJSON)])

    /// Members of an object come in alphabetical order, since a `JSONValue` has none.
    public init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .number(value)
        case .string(let value): self = .string(value)
        case .array(let values): self = .array(values.map { OrderedJSON($0) })
        case .object(let members):
            self = .object(members.sorted { $0.key < $1.key }.map { (key: $0.key, value: OrderedJSON($0.value)) })
        }
    }

    /// - Parameter depth: how many levels of two spaces the surroundings are indented by.
    public func text(pretty: Bool, depth: Int = 0) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(256)
        write(to: &text, pretty: pretty, depth: depth)
        return String(decoding: text, as: UTF8.self)
    }

    private func write(to text: inout [UInt8], pretty: Bool, depth: Int) {
        switch self {
        case .null: text += "null".utf8
        case .bool(let value): text += (value ? "true" : "false").utf8
        case .integer(let value): text += String(value).utf8
        case .unsigned(let value): text += String(value).utf8
        case .number(let value): text += (value.isFinite ? String(describing: value) : "null").utf8
        case .string(let value): Self.write(value, to: &text)
        case .array(let values):
            Self.write(values, "[", "]", to: &text, pretty: pretty, depth: depth) { value, text in
                value.write(to: &text, pretty: pretty, depth: depth + 1)
            }
        case .object(let members):
            Self.write(members, "{", "}", to: &text, pretty: pretty, depth: depth) { member, text in
                Self.write(member.key, to: &text)
                text += (pretty ? ": " : ":").utf8
                member.value.write(to: &text, pretty: pretty, depth: depth + 1)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element], _ open: Unicode.Scalar, _ close: Unicode.Scalar, to text: inout [UInt8], pretty: Bool, depth: Int,
        _ writeElement: (Element, inout [UInt8]) -> Void
    ) {
        func indent(_ depth: Int) {
            text.append(UInt8(ascii: "\n"))
            text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
        }
        text.append(UInt8(ascii: open))
        for (index, element) in elements.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            if pretty { indent(depth + 1) }
            writeElement(element, &text)
        }
        if pretty && !elements.isEmpty { indent(depth) }
        text.append(UInt8(ascii: close))
    }

    /// RFC 8259, section 7. DEL, C1 controls and line separators are escaped besides, so that a terminal does not obey them.
    private static func write(_ string: String, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        // Most are plain ASCII, which one copy writes.
        var string = string
        let isPlain = string.withUTF8 { bytes in
            guard bytes.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) else {
                return false
            }
            text.append(contentsOf: bytes)
            return true
        }
        if !isPlain {
            for scalar in string.unicodeScalars { write(scalar, to: &text) }
        }
        text.append(UInt8(ascii: "\""))
    }

    private static func write(_ scalar: Unicode.Scalar, to text: inout [UInt8]) {
        switch scalar {
        case "\"": text += #"\""#.utf8
        case "\\": text += #"\\"#.utf8
        case "\n": text += #"\n"#.utf8
        case "\r": text += #"\r"#.utf8
        case "\t": text += #"\t"#.utf8
        default:
            switch scalar.value {
            case 0..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069:
                let digits = String(scalar.value, radix: 16)
                text += (#"\u"# + String(repeating: "0", count: 4 - digits.count) + digits).utf8
            default: text += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
        }
    }
}
