import Kernel

/// A list in the making. Memory does not grow with its length.
public final class ListWriter<Item: Listable> {
    private let renderer: Renderer
    private let lines: any ListLines<Item>
    private var isEmpty = true

    init(renderer: Renderer, lines: any ListLines<Item>) {
        self.renderer = renderer
        self.lines = lines
    }

    /// - Throws: ``TerminalError``, or what an item's `encode(to:)` throws.
    public func append(_ items: [Item]) throws {
        guard !items.isEmpty else { return }
        isEmpty = false
        try write(lines.append(items))
    }

    /// Ends the list; a notice on standard error says when there is more to come, or nothing was found.
    ///
    /// - Parameter next: what `--cursor` takes to go on; `nil` at the end of the list.
    public func finish(next: String? = nil) throws {
        try write(lines.finish(next: next))
        guard !renderer.isQuiet else { return }
        if isEmpty, renderer.io.stderrIsTerminal {
            notice("nothing found")
        }
        if let next {
            notice("there is more: go on with --cursor \(ShellWords.quoted(next)), or see it all with --all")
        }
    }

    private func notice(_ text: String) {
        renderer.io.writeError(NoticeLine.text(text, renderer.format))
    }

    private func write(_ text: String) throws {
        guard !text.isEmpty else { return }
        try renderer.io.write(text)
    }
}
