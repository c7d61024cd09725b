/// One installation of the seven services, as commands address it.
public struct Profile: Sendable, Hashable {
    public let name: String
    /// For commands and the worker: the role may change rows and nothing else.
    public var databases: ServiceDatabases
    /// For migrations: the role that owns the tables.
    public var ownerDatabases: ServiceDatabases
    /// Whether severe commands ask for the name of what they change.
    public var protected: Bool
    public var readOnly: Bool
    public var requireReason: Bool
    public var color: ColorPreference
    /// Where the master key is.
    public var keyFile: String?
    /// Where the shift of the clock is; only a sandbox has one.
    public var clockFile: String?
    /// How old an event must be before `db prune` may drop the partition that it lies in. Longer than the oldest backup that anybody would
    /// restore a consumer from.
    public var outboxRetention: Duration
    /// The binary logarithm of bcrypt's rounds for passwords that are set from now on.
    public var passwordCost: Int
    /// Who access tokens say has issued them, and whom they are for.
    public var tokenIssuer: String
    public var tokenAudience: String
    /// The file to which signed heads of the audit log are appended.
    public var auditHeads: String?
    /// What signed heads name the audit log, and the key that signs them.
    public var auditOrigin: String

    public static let defaultAuditOrigin = "saasctl/audit"
    public static let defaultOutboxRetention = Duration.seconds(30 * 86_400)
    public static let defaultPasswordCost = 12
    /// Below, a password is guessed too cheaply (OWASP Password Storage Cheat Sheet); above, logging in takes minutes.
    public static let passwordCosts = 10...18
    public static let defaultTokenParty = "saasctl"

    public init(
        name: String, databases: ServiceDatabases, ownerDatabases: ServiceDatabases = ServiceDatabases(), protected: Bool = false,
        readOnly: Bool = false, requireReason: Bool = false, color: ColorPreference = .auto, keyFile: String? = nil,
        clockFile: String? = nil, outboxRetention: Duration = Profile.defaultOutboxRetention,
        passwordCost: Int = Profile.defaultPasswordCost, tokenIssuer: String = Profile.defaultTokenParty,
        tokenAudience: String = Profile.defaultTokenParty, auditHeads: String? = nil, auditOrigin: String = Profile.defaultAuditOrigin
    ) {
        self.name = name
        self.databases = databases
        self.ownerDatabases = ownerDatabases
        self.protected = protected
        self.readOnly = readOnly
        self.requireReason = requireReason
        self.color = color
        self.keyFile = keyFile
        self.clockFile = clockFile
        self.outboxRetention = outboxRetention
        self.passwordCost = passwordCost
        self.tokenIssuer = tokenIssuer
        self.tokenAudience = tokenAudience
        self.auditHeads = auditHeads
        self.auditOrigin = auditOrigin
    }

    /// The name of the profile that a started sandbox is. No file may define it.
    public static let sandboxName = "sandbox"

    /// - Throws: ``ConfigurationError/noDatabase(profile:service:forOwner:)``.
    public func database(of service: String) throws(ConfigurationError) -> ConnectionString {
        guard let text = databases[service] else { throw .noDatabase(profile: name, service: service, forOwner: false) }
        return text
    }

    /// - Throws: ``ConfigurationError/noDatabase(profile:service:forOwner:)``.
    public func ownerDatabase(of service: String) throws(ConfigurationError) -> ConnectionString {
        guard let text = ownerDatabases[service] else { throw .noDatabase(profile: name, service: service, forOwner: true) }
        return text
    }
}

/// Whether output gets colours, unless a flag says otherwise.
public enum ColorPreference: String, Sendable, Hashable, CaseIterable {
    /// On a terminal.
    case auto
    case always
    case never
}
