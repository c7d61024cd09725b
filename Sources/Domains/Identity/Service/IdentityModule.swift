import IdentityEvents
public import Outbox

/// What the registry lists of the identity service.
public enum IdentityModule {
    public static let module = ServiceModule(name: "identity", publishes: [UserRegistered.self])
}
