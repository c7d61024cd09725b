/// What one source says about a profile; what it leaves open, the next source may say.
struct ProfileSettings: Sendable, Hashable {
    var databases = ServiceDatabases()
    var ownerDatabases = ServiceDatabases()
    var protected: Bool?
    var readOnly: Bool?
    var requireReason: Bool?
    var color: ColorPreference?
    var keyFile: String?
    var clockFile: String?
    var outboxRetention: Duration?
    var passwordCost: Int?
    var tokenIssuer: String?
    var tokenAudience: String?
    var auditHeads: String?
    var auditOrigin: String?

    func filled(from others: ProfileSettings) -> ProfileSettings {
        ProfileSettings(
            databases: databases.filled(from: others.databases), ownerDatabases: ownerDatabases.filled(from: others.ownerDatabases),
            protected: protected ?? others.protected, readOnly: readOnly ?? others.readOnly,
            requireReason: requireReason ?? others.requireReason,
            color: color ?? others.color, keyFile: keyFile ?? others.keyFile, clockFile: clockFile ?? others.clockFile,
            outboxRetention: outboxRetention ?? others.outboxRetention, passwordCost: passwordCost ?? others.passwordCost,
            tokenIssuer: tokenIssuer ?? others.tokenIssuer, tokenAudience: tokenAudience ?? others.tokenAudience,
            auditHeads: auditHeads ?? others.auditHeads, auditOrigin: auditOrigin ?? others.auditOrigin)
    }

    func profile(named name: String) -> Profile {
        Profile(
            name: name, databases: databases, ownerDatabases: ownerDatabases, protected: protected ?? false, readOnly: readOnly ?? false,
            requireReason: requireReason ?? false, color: color ?? .auto, keyFile: keyFile, clockFile: clockFile,
            outboxRetention: outboxRetention ?? Profile.defaultOutboxRetention, passwordCost: passwordCost ?? Profile.defaultPasswordCost,
            tokenIssuer: tokenIssuer ?? Profile.defaultTokenParty, tokenAudience: tokenAudience ?? Profile.defaultTokenParty,
            auditHeads: auditHeads, auditOrigin: auditOrigin ?? Profile.defaultAuditOrigin)
    }

    init(
        databases: ServiceDatabases = ServiceDatabases(), ownerDatabases: ServiceDatabases = ServiceDatabases(), protected: Bool? = nil,
        readOnly: Bool? = nil, requireReason: Bool? = nil, color: ColorPreference? = nil, keyFile: String? = nil, clockFile: String? = nil,
        outboxRetention: Duration? = nil, passwordCost: Int? = nil, tokenIssuer: String? = nil, tokenAudience: String? = nil,
        auditHeads: String? = nil, auditOrigin: String? = nil
    ) {
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

    /// What a finished profile says: everything.
    init(_ profile: Profile) {
        self.init(
            databases: profile.databases, ownerDatabases: profile.ownerDatabases, protected: profile.protected, readOnly: profile.readOnly,
            requireReason: profile.requireReason, color: profile.color, keyFile: profile.keyFile, clockFile: profile.clockFile,
            outboxRetention: profile.outboxRetention, passwordCost: profile.passwordCost, tokenIssuer: profile.tokenIssuer,
            tokenAudience: profile.tokenAudience, auditHeads: profile.auditHeads, auditOrigin: profile.auditOrigin)
    }
}
