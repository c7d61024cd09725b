/// A result that every output format can show.
///
/// It is `Codable` in both directions, because the result of a mutation is stored with its idempotency key and rendered again. Its JSON
/// keys (the properties in snake_case, in their order of declaration) are a contract: keys are only ever added.
public protocol Renderable: Codable, Sendable {
    /// What `kind` says in JSON: `Organization`.
    static var kind: String { get }

    /// What people see of a single object, one line each.
    static var fields: [Column<Self>] { get }

    /// What `-o name` prints: that by which the next command can name this object.
    var identifier: String { get }
}

/// A result that comes in lists too.
public protocol Listable: Renderable {
    /// What people see of each object in a list; the first column identifies it.
    static var columns: [Column<Self>] { get }
}

extension Listable {
    public static var fields: [Column<Self>] { columns }
}

/// A part of a list.
public struct Page<Item: Listable>: Sendable {
    public let items: [Item]
    /// What `--cursor` takes to go on; `nil` at the end of the list.
    public let next: String?

    public init(_ items: [Item], next: String? = nil) {
        self.items = items
        self.next = next
    }
}
