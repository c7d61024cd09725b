public import CommandKit
import FoundationEssentials
public import Identity
import Kernel

extension SecondFactorState: Renderable {
    public static let resourceKind = "SecondFactor"

    public static var fields: [Column<SecondFactorState>] {
        [
            Column("user", mayShrink: false) { $0.userId }, Column("status") { $0.status.rawValue }, Column("enabled at") { $0.enabledAt },
            Column("failures") { $0.failures }, Column("paused until") { $0.pausedUntil },
        ]
    }

    public var identifier: String { userId.text }
}

extension SecondFactorEnrolment: Renderable {
    public static let resourceKind = "SecondFactor"

    public static var fields: [Column<SecondFactorEnrolment>] {
        [
            Column("user", mayShrink: false) { $0.userId }, Column("status") { $0.status.rawValue },
            Column("otpauth uri", mayShrink: false) { $0.otpauthUri }, Column("secret", mayShrink: false) { $0.secret },
        ]
    }

    public var identifier: String { userId.text }
}

extension RecoveryCodes: Renderable {
    public static let resourceKind = "RecoveryCodes"

    public static var fields: [Column<RecoveryCodes>] {
        [
            Column("user", mayShrink: false) { $0.userId },
            Column("recovery codes", mayShrink: false) { $0.recoveryCodes.joined(separator: " ") },
        ]
    }

    /// As people keep them: one a line, and nothing else.
    public var plainText: String? { recoveryCodes.map { "\($0)\n" }.joined() }

    public var identifier: String { userId.text }
}
