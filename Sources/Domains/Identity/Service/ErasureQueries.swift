import FoundationEssentials
import Kernel
import Postgres

/// The SQL statements that remove a person.
enum ErasureQueries {
    static func erase(_ id: UUID, at now: Timestamp) -> Query<User> {
        Query(
            """
            update users
            set email = null, email_normalized = null, name = null, password_hash = null, status = 'erased', version = version + 1,
                updated_at = greatest(\(now), updated_at)
            where id = \(id)
            returning \(fragment: IdentityQueries.columns)
            """, IdentityQueries.user)
    }

    /// What commands with an idempotency key answered has the address and the name in it.
    ///
    /// - Parameter answer: what a repetition of them answers from now on.
    static func replaceAnswers(about id: UUID, by answer: String) -> Query<Void> {
        Query("update idempotency_keys set result = \(answer)::text::json where result ->> 'id' = \(id.text)")
    }
}
