public import Cryptography

/// What lets its bearer answer an invitation.
public typealias InvitationToken = BearerToken<InvitationTokenKind>

/// The kind of ``InvitationToken``.
public enum InvitationTokenKind: BearerTokenKind {
    public static let name = "invitation"
}
