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
        var text = ""
        write(to: &text, pretty: pretty, depth: depth)
        return text
    }

    private func write(to text: inout String, pretty: Bool, depth: Int) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .unsigned(let value): text += String(value)
        case .number(let value): text += value.isFinite ? String(describing: value) : "null"
        case .string(let value): Self.write(value, to: &text)
        case .array(let values):
            Self.write(values, "[", "]", to: &text, pretty: pretty, depth: depth) { value, text in
                value.write(to: &text, pretty: pretty, depth: depth + 1)
            }
        case .object(let members):
            Self.write(members, "{", "}", to: &text, pretty: pretty, depth: depth) { member, text in
                Self.write(member.key, to: &text)
                text += pretty ? ": " : ":"
                member.value.write(to: &text, pretty: pretty, depth: depth + 1)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element], _ open: String, _ close: String, to text: inout String, pretty: Bool, depth: Int,
        _ writeElement: (Element, inout String) -> Void
    ) {
        text += open
        for (index, element) in elements.enumerated() {
            if index > 0 { text += "," }
            if pretty { text += "\n" + String(repeating: "  ", count: depth + 1) }
            writeElement(element, &text)
        }
        if pretty && !elements.isEmpty { text += "\n" + String(repeating: "  ", count: depth) }
        text += close
    }

    /// RFC 8259, section 7. DEL, C1 controls and line separators are escaped besides, so that a terminal does not obey them.
    private static func write(_ string: String, to text: inout String) {
        text += "\""
        // Most are plain ASCII, which one copy writes.
        if string.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            text += string
            text += "\""
            return
        }
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default:
                switch scalar.value {
                case 0..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069:
                    let digits = String(scalar.value, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                default: text.unicodeScalars.append(scalar)
                }
            }
        }
        text += "\""
    }
}
