import FoundationEssentials

/// The environment of the process that runs the tests: the one place where tests look at it.
enum ProcessVariables {
    /// - Returns: `nil` for a variable that is not set, or set to nothing.
    static subscript(name: String) -> String? {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else { return nil }
        return value
    }
}
