public import Postgres

/// Rows of a service that nobody needs any more, however many they are.
public struct Leftovers: Sendable {
    /// How many are removed in one transaction.
    public static let limit = 10_000

    /// In the plural, for people: `expired idempotency keys`.
    public let name: String
    private let table: String
    private let condition: SQL

    /// - Parameters:
    ///   - table: which the role that runs commands may delete from.
    ///   - condition: on its columns. What it holds for has no way back.
    public init(_ name: String, table: String, where condition: SQL) {
        self.name = name
        self.table = table
        self.condition = condition
    }

    /// How many there are.
    public func count() -> Query<Int64> {
        Query("select count(*) from \(identifier: table) where \(fragment: condition)") { try $0.get(0) }
    }

    /// Removes up to ``limit`` of them, but for those that somebody else has in hand just now; gives back how many.
    public func remove() -> Query<Int64> {
        Query(
            """
            with gone as (
                delete from \(identifier: table) where ctid = any (array(
                    select ctid from \(identifier: table) where \(fragment: condition) limit \(Self.limit) for update skip locked))
                returning 1)
            select count(*) from gone
            """
        ) { try $0.get(0) }
    }
}
