public import CommandKit
public import Identity
import IdentityEvents
import Kernel

extension AccessClaims: Renderable {
    public static let resourceKind = "AccessToken"

    public static var fields: [Column<AccessClaims>] {
        [
            Column("user", mayShrink: false) { $0.sub }, Column("session", mayShrink: false) { $0.sid },
            Column("factors") { $0.amr.joined(separator: " ") },
            Column("issued at") { Timestamp(microseconds: $0.iat * 1_000_000) },
            Column("expires at") { Timestamp(microseconds: $0.exp * 1_000_000) }, Column("issuer") { $0.iss },
            Column("audience") { $0.aud },
        ]
    }

    public var identifier: String { sub }
}
