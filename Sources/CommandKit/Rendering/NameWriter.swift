/// One identifier per line.
struct NameWriter: FormatWriter {
    func object<Value: Renderable>(_ value: Value, to io: any TerminalIO) throws {
        try io.write(Self.line(value))
    }

    func list<Item: Listable>(of type: Item.Type) -> any ListLines<Item> {
        Lines<Item>()
    }

    /// Nothing for what names nothing.
    private static func line(_ value: some Renderable) -> String {
        value.identifier.isEmpty ? "" : TerminalText.printable(value.identifier) + "\n"
    }

    private final class Lines<Item: Listable>: ListLines {
        func append(_ items: [Item]) -> String {
            items.map(NameWriter.line).joined()
        }

        func finish(next: String?) -> String { "" }
    }
}
