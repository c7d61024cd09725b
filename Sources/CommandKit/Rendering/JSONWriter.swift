import Kernel

/// One document per command: `{"schema":"saasctl/v1","kind":…}`. On a terminal it is indented, otherwise it is one line.
struct JSONWriter: FormatWriter {
    static let schema = "saasctl/v1"
    let pretty: Bool

    func object<Value: Renderable>(_ value: Value, to io: any TerminalIO) throws {
        var members: [(key: String, value: OrderedJSON)] = [("schema", .string(Self.schema)), ("kind", .string(Value.resourceKind))]
        let encoded = try OrderedJSONEncoder.encode(value)
        if case .object(let fields) = encoded {
            // RFC 8259, section 4: names within an object should be unique.
            precondition(!fields.contains { $0.key == "schema" || $0.key == "kind" }, "\(Value.self) has a field of the document's name")
            members += fields
        } else {
            members.append(("value", encoded))
        }
        try io.write(OrderedJSON.object(members).text(pretty: pretty) + "\n")
    }

    func list<Item: Listable>(of type: Item.Type) -> any ListLines<Item> {
        JSONLines<Item>(pretty: pretty)
    }
}

private final class JSONLines<Item: Listable>: ListLines {
    private let pretty: Bool
    private var isEmpty = true

    init(pretty: Bool) {
        self.pretty = pretty
    }

    func append(_ items: [Item]) throws -> String {
        var text = ""
        for item in items {
            text += isEmpty ? head : ","
            isEmpty = false
            if pretty { text += "\n    " }
            text += try OrderedJSONEncoder.encode(item).text(pretty: pretty, depth: 2)
        }
        return text
    }

    func finish(next: String?) -> String {
        let next = next.map { OrderedJSON.string($0) } ?? .null
        var text = isEmpty ? head : (pretty ? "\n  " : "")
        text += pretty ? "],\n  \"next\": \(next.text(pretty: false))\n}\n" : "],\"next\":\(next.text(pretty: false))}\n"
        return text
    }

    private var head: String {
        let kind = OrderedJSON.string("\(Item.resourceKind)List").text(pretty: false)
        return pretty
            ? "{\n  \"schema\": \"\(JSONWriter.schema)\",\n  \"kind\": \(kind),\n  \"items\": ["
            : "{\"schema\":\"\(JSONWriter.schema)\",\"kind\":\(kind),\"items\":["
    }
}
