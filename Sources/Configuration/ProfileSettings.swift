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

    func filled(from others: ProfileSettings) -> ProfileSettings {
        ProfileSettings(
            databases: databases.filled(from: others.databases), ownerDatabases: ownerDatabases.filled(from: others.ownerDatabases),
            protected: protected ?? others.protected, readOnly: readOnly ?? others.readOnly,
            requireReason: requireReason ?? others.requireReason,
            color: color ?? others.color, keyFile: keyFile ?? others.keyFile, clockFile: clockFile ?? others.clockFile,
            outboxRetention: outboxRetention ?? others.outboxRetention)
    }

    func profile(named name: String) -> Profile {
        Profile(
            name: name, databases: databases, ownerDatabases: ownerDatabases, protected: protected ?? false, readOnly: readOnly ?? false,
            requireReason: requireReason ?? false, color: color ?? .auto, keyFile: keyFile, clockFile: clockFile,
            outboxRetention: outboxRetention ?? Profile.defaultOutboxRetention)
    }

    init(
        databases: ServiceDatabases = ServiceDatabases(), ownerDatabases: ServiceDatabases = ServiceDatabases(), protected: Bool? = nil,
        readOnly: Bool? = nil, requireReason: Bool? = nil, color: ColorPreference? = nil, keyFile: String? = nil, clockFile: String? = nil,
        outboxRetention: Duration? = nil
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
    }

    /// What a finished profile says: everything.
    init(_ profile: Profile) {
        self.init(
            databases: profile.databases, ownerDatabases: profile.ownerDatabases, protected: profile.protected, readOnly: profile.readOnly,
            requireReason: profile.requireReason, color: profile.color, keyFile: profile.keyFile, clockFile: profile.clockFile,
            outboxRetention: profile.outboxRetention)
    }
}
