/// Finds the profile that a command works on: from flags, the environment, files, and last the sandbox.
public struct ProfileResolver: Sendable {
    private let environment: [String: String]
    private let services: [String]
    private let systemFile: String
    private let sandbox: @Sendable () throws -> Profile?

    /// - Parameters:
    ///   - environment: the process's variables; nothing else of the process is looked at.
    ///   - services: names that configuration may use.
    ///   - systemFile: the administrator's file; `nil` for `/etc/saasctl/config.yaml`, or what `SAASCTL_SYSTEM_CONFIG` names.
    ///   - sandbox: the profile of the sandbox, `nil` unless it was started; asked only where it matters.
    public init(
        environment: [String: String], services: [String], systemFile: String? = nil,
        sandbox: @escaping @Sendable () throws -> Profile?
    ) {
        self.environment = environment
        self.services = services
        self.systemFile = systemFile ?? environment.value("SAASCTL_SYSTEM_CONFIG") ?? "/etc/saasctl/config.yaml"
        self.sandbox = sandbox
    }

    /// The profile, put together from all that says something about it.
    ///
    /// What says more closely wins: the profile that the flag names; `SAASCTL_…`; the user's file; the administrator's; what libpq is told
    /// by its own variables; the sandbox, once started. So `SAASCTL_DATABASE` replaces the databases of the profile that `SAASCTL_PROFILE`
    /// or a file chose, but only fills the gaps of one that the flag chose.
    ///
    /// - Parameter flag: the value of `--profile`.
    /// - Throws: ``ConfigurationError``, or what the sandbox throws.
    public func resolve(flag: String?) throws -> Profile {
        let variables = try ProfileSettings(environment: environment, services: services)
        let files = try files()
        let chosen = flag ?? environment.value("SAASCTL_PROFILE") ?? files.lazy.compactMap(\.defaultProfile).first
        let known = Set(files.flatMap(\.profiles.keys)).sorted()
        if let name = chosen ?? (known.contains("default") ? "default" : nil) {
            let settings = try settings(of: name, files: files, known: known)
            return (flag == nil ? variables.filled(from: settings) : settings.filled(from: variables)).profile(named: name)
        }
        if !variables.databases.isEmpty || !variables.ownerDatabases.isEmpty { return variables.profile(named: "environment") }
        if let libpq = ProfileSettings(libpqEnvironment: environment) { return variables.filled(from: libpq).profile(named: "libpq") }
        guard let profile = try sandbox() else { throw ConfigurationError.nothingConfigured(known: known) }
        return variables.filled(from: ProfileSettings(profile)).profile(named: profile.name)
    }

    /// The names of the profiles that files define, sorted, and the sandbox's once it is started.
    public func names() throws -> [String] {
        let names = Set(try files().flatMap(\.profiles.keys)).sorted()
        return try sandbox() == nil ? names : names + [Profile.sandboxName]
    }

    /// Where the user's own file is looked for; `nil` where the environment leads nowhere.
    public var userFile: String? {
        if let named = environment.value("SAASCTL_CONFIG") { return named }
        if let folder = environment.value("XDG_CONFIG_HOME"), folder.hasPrefix("/") { return "\(folder)/saasctl/config.yaml" }
        return environment.value("HOME").map { "\($0)/.config/saasctl/config.yaml" }
    }

    private func settings(of name: String, files: [ConfigurationFile], known: [String]) throws -> ProfileSettings {
        if name == Profile.sandboxName {
            guard let profile = try sandbox() else { throw ConfigurationError.sandboxNotStarted }
            return ProfileSettings(profile)
        }
        let found = files.compactMap { $0.profiles[name] }
        guard !found.isEmpty else {
            throw ConfigurationError.unknownProfile(
                name, nearest: Spelling.nearest(to: name, among: known + [Profile.sandboxName]), known: known)
        }
        return found.dropFirst().reduce(found[0]) { $0.filled(from: $1) }
    }

    /// The files that exist, the closest first.
    private func files() throws(ConfigurationError) -> [ConfigurationFile] {
        var files: [ConfigurationFile] = []
        if let userFile {
            if let file = try ConfigurationFile.read(userFile, home: environment.value("HOME"), services: services) {
                files.append(file)
            } else if environment.value("SAASCTL_CONFIG") != nil {
                throw .unreadable(file: userFile, reason: "there is no such file (SAASCTL_CONFIG names it)")
            }
        }
        if let file = try ConfigurationFile.read(systemFile, home: environment.value("HOME"), services: services) { files.append(file) }
        return files
    }
}
