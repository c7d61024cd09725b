public import CommandKit
import FoundationEssentials
public import Identity
import IdentityEvents
import Kernel

extension LoginSession: Listable {
    public static let resourceKind = "Session"

    public static var columns: [Column<LoginSession>] {
        [
            Column("id", mayShrink: false) { $0.id }, Column("status") { $0.status.rawValue },
            Column("factors") { $0.factors.map(\.rawValue).joined(separator: " ") }, Column("created at") { $0.createdAt },
            Column("refreshed at") { $0.refreshedAt }, Column("expires at") { $0.expiresAt },
        ]
    }

    public static var fields: [Column<LoginSession>] {
        columns + [
            Column("user", mayShrink: false) { $0.userId }, Column("ended at") { $0.endedAt }, Column("ended by") { $0.ending?.rawValue },
        ]
    }

    public var identifier: String { id.text }
}

extension RevokedSessions: Renderable {
    public static let resourceKind = "RevokedSessions"

    public static var fields: [Column<RevokedSessions>] {
        [Column("user", mayShrink: false) { $0.userId }, Column("revoked", alignment: .trailing) { $0.revoked }]
    }

    public var identifier: String { userId.text }
}
