/// A result that every output format can show.
///
/// It is `Codable` in both directions, because the result of a mutation is stored with its idempotency key and rendered again. Its JSON
/// keys (the properties in snake_case, in their order of declaration) are a contract: keys are only ever added.
public protocol Renderable: Codable, Sendable {
    /// What `kind` says in JSON: `Organization`.
    static var resourceKind: String { get }

    /// What people see of a single object, one line each.
    static var fields: [Column<Self>] { get }

    /// The whole object for people, where lines of `title: value` do not do; every line already safe to print and ended. `nil`: the
    /// ``fields`` do.
    var plainText: String? { get }

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

extension Renderable {
    public var plainText: String? { nil }
}
