public import ArgumentParser
public import Kernel

/// The flags of commands that list.
public struct PagingOptions: ParsableArguments, Sendable {
    /// What `--limit` may say.
    public static let limits = 1...1_000

    @Option(help: ArgumentHelp("Show at most so many, 1 to 1000.", valueName: "count"))
    public var limit = 50

    @Option(
        help: ArgumentHelp("Go on behind this place, which an earlier page has named.", valueName: "cursor"),
        transform: { text in
            guard let cursor = PageCursor(text) else { throw ValidationError("expected the cursor of an earlier page") }
            return cursor
        })
    public var cursor: PageCursor?

    @Flag(help: "Show everything, page after page.")
    public var all = false

    public init() {}

    public func validate() throws {
        guard Self.limits.contains(limit) else {
            throw ValidationError("--limit must be between \(Self.limits.lowerBound) and \(Self.limits.upperBound)")
        }
    }
}

extension CommandContext {
    /// Shows a list page by page: one page, or all of them where `--all` asks for it. Memory does not grow with the list.
    ///
    /// - Parameter page: fetches at most so many items behind the cursor.
    public func list<Item: Listable>(
        _ paging: PagingOptions, _ page: (_ cursor: PageCursor?, _ limit: Int) async throws -> Page<Item>
    ) async throws {
        let writer = renderer.listWriter(of: Item.self)
        var cursor = paging.cursor
        let limit = paging.all ? PagingOptions.limits.upperBound : paging.limit
        repeat {
            let found = try await page(cursor, limit)
            try writer.append(found.items)
            cursor = found.next
        } while paging.all && cursor != nil
        try writer.finish(next: cursor?.description)
    }
}
