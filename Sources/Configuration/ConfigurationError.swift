public import Kernel

/// What is wrong with the configuration. Every case is exit status 78, and none carries a connection string.
public enum ConfigurationError: DomainError, Sendable, Hashable {
    /// A file that exists and cannot be read, or was named and does not exist.
    case unreadable(file: String, reason: String)
    /// Something in a file, by line.
    case invalid(file: String, line: Int?, problem: String, hint: String?)
    case invalidVariable(String, problem: String, hint: String?)
    case unknownProfile(String, nearest: String?, known: [String])
    case sandboxNotStarted
    /// No profile chosen, no connection in the environment, no sandbox.
    case nothingConfigured(known: [String])
    case noDatabase(profile: String, service: String, forOwner: Bool)
    case noKeyFile(profile: String)
    case unusableKeyFile(String, problem: String, hint: String)

    public var failure: Failure {
        switch self {
        case .unreadable(let file, let reason):
            Failure(
                .configuration, "the configuration file \"\(file)\" cannot be read: \(reason)",
                hint: "mend it, or name another with SAASCTL_CONFIG")
        case .invalid(let file, let line, let problem, let hint):
            Failure(.configuration, "\"\(file)\"\(line.map { " line \($0)" } ?? ""): \(problem)", hint: hint)
        case .invalidVariable(let name, let problem, let hint):
            Failure(.configuration, "\(name) \(problem)", hint: hint ?? "unset \(name)")
        case .unknownProfile(let name, let nearest, let known):
            Failure(
                .configuration, "there is no profile \"\(name)\"", hint: nearest.map { "saasctl --profile \($0) …" } ?? Self.wayOn(known),
                details: known.isEmpty ? [] : ["known profiles: \(known.joined(separator: ", "))"])
        case .sandboxNotStarted:
            Failure(.configuration, "the sandbox is not started", hint: "saasctl sandbox start")
        case .nothingConfigured(let known):
            Failure(
                .configuration, "no profile is chosen, and no sandbox is started",
                hint: known.first.map { "saasctl --profile \($0) …" } ?? Self.wayOn(known),
                details: known.isEmpty ? [] : ["known profiles: \(known.joined(separator: ", "))", "or: saasctl sandbox start"])
        case .noDatabase(let profile, let service, let forOwner):
            Failure(
                .configuration,
                "the profile \"\(profile)\" names no \(forOwner ? "owner database" : "database") for the service \"\(service)\"",
                hint: Self.databaseHint(profile: profile, service: service, forOwner: forOwner))
        case .noKeyFile(let profile):
            Failure(
                .configuration, "the profile \"\(profile)\" names no key file", hint: "set key_file in the profile, or SAASCTL_KEY_FILE")
        case .unusableKeyFile(let file, let problem, let hint):
            Failure(.configuration, "the key file \"\(file)\" \(problem)", hint: hint)
        }
    }

    private static func wayOn(_ known: [String]) -> String {
        known.isEmpty ? "saasctl sandbox start, or write a profile into ~/.config/saasctl/config.yaml" : "choose one with --profile NAME"
    }

    private static func databaseHint(profile: String, service: String, forOwner: Bool) -> String {
        let key = forOwner ? "owner_databases" : "databases"
        let variable = "SAASCTL_\(service.uppercased())_\(forOwner ? "OWNER_" : "")DATABASE"
        return profile == Profile.sandboxName ? "saasctl sandbox start" : "add it under \(key) of the profile, or set \(variable)"
    }
}
