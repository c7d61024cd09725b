public import Kernel

/// Writes results to standard output in the chosen format.
public struct Renderer: Sendable {
    let io: any TerminalIO
    let format: OutputFormat
    let showsHeaders: Bool
    let color: Bool
    let isQuiet: Bool

    public init(io: any TerminalIO, format: OutputFormat, showsHeaders: Bool = true, color: Bool = false, isQuiet: Bool = false) {
        self.io = io
        self.format = format
        self.showsHeaders = showsHeaders
        self.color = color
        self.isQuiet = isQuiet
    }

    /// Whether names are shown where values have ids: programs get what the values have, and other services need not be asked.
    public var showsNames: Bool { format != .json }

    /// Writes one object.
    ///
    /// - Throws: ``TerminalError``, or what the value's `encode(to:)` throws.
    public func object<Value: Renderable>(_ value: Value) throws {
        try writer.object(value, to: io)
    }

    /// Writes one page of a list.
    ///
    /// - Throws: ``TerminalError``, or what an item's `encode(to:)` throws.
    public func list<Item: Listable>(_ page: Page<Item>) throws {
        let list = listWriter(of: Item.self)
        try list.append(page.items)
        try list.finish(next: page.next?.description)
    }

    /// Begins a list of any length, whose items are written as they come.
    ///
    /// - Returns: a writer that the caller must finish.
    public func listWriter<Item: Listable>(of type: Item.Type = Item.self) -> ListWriter<Item> {
        ListWriter(renderer: self, lines: writer.list(of: type))
    }

    /// The one place that knows all formats.
    private var writer: any FormatWriter {
        switch format {
        case .table:
            TableWriter(showsHeaders: showsHeaders, color: color, width: io.stdoutIsTerminal ? io.width : nil)
        case .json:
            JSONWriter(pretty: io.stdoutIsTerminal)
        case .name:
            NameWriter()
        }
    }
}

/// How one format shows results.
protocol FormatWriter: Sendable {
    func object<Value: Renderable>(_ value: Value, to io: any TerminalIO) throws
    func list<Item: Listable>(of type: Item.Type) -> any ListLines<Item>
}

/// The text of a list in one format, made piece by piece.
protocol ListLines<Item>: AnyObject {
    associatedtype Item: Listable
    /// - Returns: what to write now; may be empty.
    func append(_ items: [Item]) throws -> String
    func finish(next: String?) throws -> String
}
