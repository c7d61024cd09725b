import Kernel

/// What the variables `SAASCTL_…` say. One that is set to nothing counts as unset.
extension ProfileSettings {
    /// - Parameter services: names that may stand in a variable; another name is a slip of the pen and refused.
    init(environment: [String: String], services: [String]) throws(ConfigurationError) {
        self.init()
        databases.pattern = try Self.pattern("SAASCTL_DATABASE", in: environment)
        ownerDatabases.pattern = try Self.pattern("SAASCTL_OWNER_DATABASE", in: environment)
        for (variable, text) in environment.sorted(by: { $0.key < $1.key }) where !text.isEmpty {
            guard var name = variable.between("SAASCTL_", "_DATABASE"), name != "OWNER" else { continue }
            let isOwner = name.hasSuffix("_OWNER")
            if isOwner { name.removeLast("_OWNER".count) }
            let service = name.lowercased()
            guard services.contains(service) else {
                let nearest = Spelling.nearest(to: service, among: services)
                let hint = nearest.map { "did you mean SAASCTL_\($0.uppercased())_\(isOwner ? "OWNER_" : "")DATABASE" }
                throw .invalidVariable(variable, problem: "names no service", hint: hint)
            }
            if isOwner { ownerDatabases.named[service] = ConnectionString(text) } else { databases.named[service] = ConnectionString(text) }
        }
        keyFile = environment.value("SAASCTL_KEY_FILE")
        outboxRetention = try Self.duration("SAASCTL_OUTBOX_RETENTION", in: environment)
        passwordCost = try environment.value("SAASCTL_PASSWORD_COST").map { text throws(ConfigurationError) in
            guard let cost = Self.passwordCost(text) else {
                throw .invalidVariable("SAASCTL_PASSWORD_COST", problem: "must be \(Self.passwordCostRange)", hint: nil)
            }
            return cost
        }
        tokenIssuer = environment.value("SAASCTL_TOKEN_ISSUER")
        tokenAudience = environment.value("SAASCTL_TOKEN_AUDIENCE")
        auditHeads = environment.value("SAASCTL_AUDIT_HEADS")
        auditOrigin = environment.value("SAASCTL_AUDIT_ORIGIN")
        if let auditOrigin, !Self.isOrigin(auditOrigin) {
            throw .invalidVariable("SAASCTL_AUDIT_ORIGIN", problem: Self.originRule, hint: Self.originHint)
        }
    }

    /// What libpq would be told by its own variables: `PGSERVICE`, `PGHOST` and `PGHOSTADDR` lead to a server, where each service has the
    /// database `saas_<service>`, or what `PGDATABASE` says with a `{service}` in it. The rest (`PGUSER`, `.pgpass`) libpq reads itself.
    ///
    /// - Returns: `nil` where none of them is set.
    init?(libpqEnvironment environment: [String: String]) {
        let leads = ["PGSERVICE", "PGHOST", "PGHOSTADDR"].contains { environment.value($0) != nil }
        let pattern = environment.value("PGDATABASE").flatMap { $0.contains(ServiceDatabases.placeholder) ? $0 : nil }
        guard leads || pattern != nil else { return nil }
        let quoted = (pattern ?? "saas_\(ServiceDatabases.placeholder)").replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        let databases = ServiceDatabases(pattern: "dbname='\(quoted)'")
        self.init(databases: databases, ownerDatabases: databases)
    }

    /// - Returns: `nil` for what is no number, or one out of range.
    static func passwordCost(_ text: String) -> Int? {
        Int(text).flatMap { Profile.passwordCosts.contains($0) ? $0 : nil }
    }

    /// It becomes a line of what is signed, and a word of another.
    static func isOrigin(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.allSatisfy { $0 != "+" && $0.value >= 0x20 && !$0.properties.isWhitespace }
    }

    static let originRule = "may have neither spaces nor +"
    static let originHint = "write an address without scheme, such as example.com/audit"

    static var passwordCostRange: String { "a number from \(Profile.passwordCosts.lowerBound) to \(Profile.passwordCosts.upperBound)" }

    private static func duration(_ variable: String, in environment: [String: String]) throws(ConfigurationError) -> Duration? {
        guard let text = environment.value(variable) else { return nil }
        guard let duration = Duration(text: text) else {
            throw .invalidVariable(variable, problem: "is no duration", hint: "write a number above zero and a unit (h or d), such as 30d")
        }
        return duration
    }

    private static func pattern(_ variable: String, in environment: [String: String]) throws(ConfigurationError) -> ConnectionString? {
        guard let text = environment.value(variable) else { return nil }
        guard text.contains(ServiceDatabases.placeholder) else {
            throw .invalidVariable(
                variable, problem: "has no \(ServiceDatabases.placeholder), so all services would share one database",
                hint: "write \(ServiceDatabases.placeholder) where the service's name belongs: dbname=saas_\(ServiceDatabases.placeholder)")
        }
        return ConnectionString(text)
    }
}

extension [String: String] {
    func value(_ name: String) -> String? {
        guard let value = self[name], !value.isEmpty else { return nil }
        return value
    }
}

extension String {
    fileprivate func between(_ prefix: String, _ suffix: String) -> String? {
        guard hasPrefix(prefix), hasSuffix(suffix), utf8.count > prefix.utf8.count + suffix.utf8.count else { return nil }
        return String(dropFirst(prefix.count).dropLast(suffix.count))
    }
}
