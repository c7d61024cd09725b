public import FoundationEssentials

/// A part of a list, and where the next part begins.
public struct Page<Element: Sendable>: Sendable {
    public let items: [Element]
    /// `nil` at the end of the list.
    public let next: PageCursor?

    /// - Parameter rows: at most one more than `limit`; the one more says that there is a next page.
    public init(_ rows: [Element], limit: Int, cursor: (Element) -> PageCursor) {
        items = Array(rows.prefix(limit))
        next = rows.count > limit ? items.last.map(cursor) : nil
    }

    /// The same page, with more known of each of its elements.
    public func map<Other>(_ transform: (Element) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(items: try items.map(transform), next: next)
    }

    private init(items: [Element], next: PageCursor?) {
        self.items = items
        self.next = next
    }

    /// A list that has only one page, because it is bounded by its nature.
    public init(all items: [Element]) {
        self.items = items
        next = nil
    }
}

/// Where a page ends in a list ordered by time and id. Its text is opaque to users.
public struct PageCursor: Sendable, Hashable, CustomStringConvertible {
    public let time: Timestamp
    public let id: UUID

    private static let times = Timestamp(year: 1, month: 1, day: 1)..<Timestamp(year: 10_000, month: 1, day: 1)

    public init(time: Timestamp, id: UUID) {
        self.time = time
        self.id = id
    }

    public var description: String { "\(time.microseconds)_\(id.text)" }

    /// - Returns: `nil` for what is no cursor; also for times that a database might not know, before the year 1 or after the year 9999.
    public init?(_ text: String) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2, let microseconds = Int64(parts[0]), let id = UUID(uuidString: String(parts[1])),
            Self.times.contains(Timestamp(microseconds: microseconds))
        else { return nil }
        self.init(time: Timestamp(microseconds: microseconds), id: id)
    }
}
