public import Kernel

/// Every page of a list, each behind the one before, up to the last.
///
/// - Parameter page: fetches the page behind a cursor.
public func pages<Item: Sendable>(_ page: (PageCursor?) async throws -> Page<Item>) async throws -> [[Item]] {
    var pages: [[Item]] = []
    var cursor: PageCursor?
    repeat {
        let found = try await page(cursor)
        pages.append(found.items)
        // As the next command reads it from the terminal.
        cursor = found.next.flatMap { PageCursor($0.description) }
    } while cursor != nil
    return pages
}
