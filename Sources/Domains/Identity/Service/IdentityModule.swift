import IdentityEvents
public import Outbox

/// What the registry lists of the identity service.
public enum IdentityModule {
    public static let module = ServiceModule(
        name: "identity",
        publishes: [
            UserRegistered.self, UserDisabled.self, UserEnabled.self, UserErased.self, UserLoggedIn.self, UserLoggedOut.self,
            SessionRevoked.self, RefreshTokenReuseDetected.self, PasswordResetRequested.self, PasswordChanged.self, MfaEnabled.self,
            MfaDisabled.self,
        ])
}
