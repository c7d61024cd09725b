import Cryptography
import FoundationEssentials
public import Kernel
public import Postgres

/// Slows down whoever tries passwords (NIST SP 800-63B, section 5.2.2): per account, and per source of the attempts. What it knows is in the
/// database, because a process on a command line forgets.
///
/// An attempt counts as one in vain when it begins, and no more when it succeeds: so a thousand at once are no better than one after the other,
/// and nobody gains by killing the process in between.
public struct AttemptThrottle: Sendable {
    /// What the key of the hashes is derived for.
    public static let keyPurpose = "attempts"

    /// How many attempts in vain an account or a source may have before it has to wait.
    static func free(_ kind: Kind) -> Int64 {
        switch kind {
        case .account: 5
        case .source: 20
        }
    }

    /// The wait behind the last free one; doubled with each further one.
    static let firstWait = Duration.seconds(30)
    static let longestWait = Duration.seconds(15 * 60)
    /// After so long without any, earlier ones are forgotten.
    static let memory = Duration.seconds(24 * 3_600)

    enum Kind: String, CaseIterable, Sendable {
        case account, source
    }

    private let keys: [(kind: Kind, key: [UInt8])]

    /// - Parameters:
    ///   - account: as it was typed, folded; whether there is such a user makes no difference.
    ///   - source: where the attempt comes from, an address or a name.
    ///   - key: of the profile, for ``keyPurpose``.
    public init(account: String, source: String, key: [UInt8]) {
        keys = [(.account, account), (.source, source)].map { kind, text in
            (kind, HMAC.sha256(Array("\(kind.rawValue):\(text)".utf8), key: key))
        }
    }

    /// Counts one more attempt, or refuses it. To be committed before the password is looked at.
    ///
    /// - Throws: ``IdentityError/tooManyAttempts(until:)``.
    public func admit(in session: Session, at now: Timestamp) throws -> AttemptAdmission {
        let entries = try keys.map { kind, key in
            let counted = try session.first(AttemptQueries.count(kind, key, at: now, forgetting: now.advanced(by: .zero - Self.memory)))
            guard let counted else {
                throw IdentityError.tooManyAttempts(until: try session.one(AttemptQueries.blockedUntil(kind, key)))
            }
            let block = Self.wait(behind: counted.failures, of: kind).map { now.advanced(by: $0) }
            if let block { try session.run(AttemptQueries.block(kind, key, until: block)) }
            return AttemptAdmission.Entry(kind: kind, key: key, before: counted.before, block: block)
        }
        return AttemptAdmission(entries: entries, at: now)
    }

    /// `nil` as long as attempts are free.
    static func wait(behind failures: Int64, of kind: Kind) -> Duration? {
        let over = failures - free(kind)
        guard over >= 0 else { return nil }
        return over >= 5 ? longestWait : min(longestWait, firstWait * (1 << Int(over)))
    }
}

/// An attempt that was let through, and counts as one in vain as long as nobody takes that back.
public struct AttemptAdmission: Sendable {
    struct Entry: Sendable {
        let kind: AttemptThrottle.Kind
        let key: [UInt8]
        /// When the attempt before it was.
        let before: Timestamp?
        /// Until when others have to wait because of it.
        let block: Timestamp?
    }

    private let entries: [Entry]
    private let at: Timestamp

    init(entries: [Entry], at now: Timestamp) {
        self.entries = entries
        at = now
    }

    /// Takes it back, because the attempt was not in vain. The account starts anew; a source is where it was before, with what it did to others.
    public func clear(in session: Session) throws {
        for entry in entries {
            switch entry.kind {
            case .account: try session.run(AttemptQueries.forget(entry.kind, entry.key))
            case .source:
                _ = try session.pipeline(
                    AttemptQueries.forgetOnly(entry.kind, entry.key), AttemptQueries.takeBack(entry, at: at))
            }
        }
    }
}
