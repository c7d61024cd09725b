import FoundationEssentials

/// The environment of the process that runs the tests: the one place where tests look at it.
public enum ProcessVariables {
    /// - Returns: `nil` for a variable that is not set, or set to nothing.
    public static subscript(name: String) -> String? {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else { return nil }
        return value
    }
}
