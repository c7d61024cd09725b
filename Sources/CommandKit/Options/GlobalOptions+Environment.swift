public import Kernel

/// The twins of the flags in the environment. A flag wins over its variable; a variable set to nothing counts as unset.
extension GlobalOptions {
    /// From `--profile` or `SAASCTL_PROFILE`; `nil` where the configuration decides.
    public func profileName(environment: [String: String]) -> String? {
        profile ?? environment.value(.profile)
    }

    /// From `--org` or `SAASCTL_ORG`: an id or a slug, not yet looked up.
    public func organization(environment: [String: String]) -> String? {
        org ?? environment.value(.organization)
    }

    /// From `--output` or `SAASCTL_OUTPUT`; a table otherwise.
    ///
    /// - Throws: `Failure` with `CONFIGURATION` for a variable that names no format.
    public func outputFormat(environment: [String: String]) throws(Failure) -> OutputFormat {
        if let output { return output }
        guard let text = environment.value(.output) else { return .table }
        guard let format = OutputFormat(rawValue: text) else {
            let known = OutputFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(.configuration, "SAASCTL_OUTPUT is \"\(text)\", which is no output format", hint: "use one of \(known)")
        }
        return format
    }

    /// From `--timeout` or `SAASCTL_TIMEOUT`; `nil` for no limit.
    ///
    /// - Throws: `Failure` with `CONFIGURATION` for a variable that is no duration.
    public func timeLimit(environment: [String: String]) throws(Failure) -> Duration? {
        if let timeout { return timeout }
        guard let text = environment.value(.timeout) else { return nil }
        guard let duration = Duration(text: text) else {
            throw Failure(
                .configuration, "SAASCTL_TIMEOUT is \"\(text)\", which is no duration",
                hint: "write a number above zero and a unit (ms, s, m, h or d), such as 30s or 5m")
        }
        return duration
    }

    /// Whether `--read-only` or `SAASCTL_READ_ONLY` forbids changes; the profile may forbid them too.
    ///
    /// - Throws: `Failure` with `CONFIGURATION` for a variable that is neither true nor false.
    public func forbidsChanges(environment: [String: String]) throws(Failure) -> Bool {
        if readOnly { return true }
        return try environment.flag(.readOnly)
    }

    /// Whether a question may be asked, as far as the command line and the environment say; a terminal is needed besides.
    ///
    /// - Throws: `Failure` with `CONFIGURATION` for a variable that is neither true nor false.
    public func allowsQuestions(environment: [String: String]) throws(Failure) -> Bool {
        if noInput { return false }
        return try !environment.flag(.noInput)
    }

    /// Whether to colour what goes to a stream.
    ///
    /// - Parameter profileChoice: what the profile prefers, used where the flag says `auto`.
    public func usesColor(onTerminal: Bool, environment: [String: String], profileChoice: ColorChoice = .auto) -> Bool {
        (color == .auto ? profileChoice : color).usesColor(onTerminal: onTerminal, environment: environment)
    }
}

extension [String: String] {
    func value(_ variable: EnvironmentVariable) -> String? {
        guard let value = self[variable.rawValue], !value.isEmpty else { return nil }
        return value
    }

    fileprivate func flag(_ variable: EnvironmentVariable) throws(Failure) -> Bool {
        switch value(variable)?.lowercased() {
        case nil, "0", "false", "no", "off": return false
        case "1", "true", "yes", "on": return true
        case .some(let other):
            throw Failure(.configuration, "\(variable.rawValue) is \"\(other)\", expected 1 or 0", hint: "unset \(variable.rawValue)")
        }
    }
}
