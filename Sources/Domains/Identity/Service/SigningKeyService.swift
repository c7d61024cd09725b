import Cryptography
import FoundationEssentials
import JWTKit
public import Kernel
public import Outbox
public import Postgres

/// The keys that sign access tokens. One signs; those before it are published as long as what they signed may be shown.
public enum SigningKeyService {
    /// What the key that seals them is derived for.
    public static let keyPurpose = "signing-key"
    /// How long a retired key is still accepted, unless the operator says otherwise: what it signed has expired long before, and whoever keeps a
    /// copy of the set has fetched it anew.
    public static let overlap = Duration.seconds(24 * 3_600)

    /// Puts a new key in the place of the one that signs, or makes the first.
    ///
    /// - Parameter overlap: how long the old one is still accepted; with zero, every token that it signed is refused at once.
    /// - Parameter key: of the profile, for ``keyPurpose``.
    public static func rotate(
        overlap: Duration, key: [UInt8], in session: Session, context: OperationContext
    ) throws -> Change<SigningKey> {
        try session.run(SigningKeyQueries.lock())
        let retired = try session.all(SigningKeyQueries.retire(at: context.now, until: context.now.advanced(by: overlap)))
        let made = try session.one(SigningKeyQueries.insert(SigningPair.make(id: context.newId(), sealedUnder: key), at: context.now))
        return Change(
            made, rows: try retired.map { try ChangedRow(.update, "signing_keys", $0) } + [try ChangedRow(.insert, "signing_keys", made)])
    }

    /// Makes the first key; changes nothing where there is one.
    public static func provide(key: [UInt8], in session: Session, context: OperationContext) throws -> Change<SigningKey> {
        if let active = try session.first(SigningKeyQueries.active(at: context.now)) { return Change(active) }
        try session.run(SigningKeyQueries.lock())
        if let active = try session.first(SigningKeyQueries.active(at: context.now)) { return Change(active) }
        return try rotate(overlap: overlap, key: key, in: session, context: context)
    }

    /// The key that signs.
    ///
    /// - Parameter key: of the profile, for ``keyPurpose``.
    /// - Throws: ``IdentityError/noSigningKey``, `SealError` where another master key sealed it.
    public static func signer(key: [UInt8], in session: Session) throws -> TokenSigner {
        guard let active = try session.first(SigningKeyQueries.sealedActive()) else { throw IdentityError.noSigningKey }
        let secret = try SealedBox.open(active.sealed, key: key, authenticating: active.id.bytes)
        return try TokenSigner(keyId: active.id, secret: secret)
    }

    /// The keys whose signatures are accepted.
    public static func published(at now: Timestamp, in session: Session) throws -> [SigningKey] {
        try session.all(SigningKeyQueries.published(at: now))
    }

    /// One page of all keys there ever were, newest first.
    public static func list(
        before cursor: PageCursor? = nil, limit: Int, at now: Timestamp, in session: Session
    ) throws -> Page<SigningKey> {
        let rows = try session.all(SigningKeyQueries.list(before: cursor, limit: limit + 1, at: now))
        return Page(rows, limit: limit) { PageCursor(time: $0.createdAt, id: $0.id) }
    }
}
