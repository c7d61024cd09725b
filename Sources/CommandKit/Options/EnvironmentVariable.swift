/// The variables of the environment that the flags and the terminal look at.
public enum EnvironmentVariable: String, Sendable, CaseIterable {
    case profile = "SAASCTL_PROFILE"
    case organization = "SAASCTL_ORG"
    case output = "SAASCTL_OUTPUT"
    case timeout = "SAASCTL_TIMEOUT"
    case noInput = "SAASCTL_NO_INPUT"
    case readOnly = "SAASCTL_READ_ONLY"
    case noColor = "NO_COLOR"
    case forceColor = "CLICOLOR_FORCE"

    /// For the manual.
    public var meaning: String {
        switch self {
        case .profile: "The profile to use where --profile names none."
        case .organization: "The organization to work on where --org names none."
        case .output: "The output format where --output names none."
        case .timeout: "How long a command may take where --timeout says nothing."
        case .noInput: "1 to never ask a question, as --no-input."
        case .readOnly: "1 to refuse every change, as --read-only."
        case .noColor: "Set to anything to use no colours."
        case .forceColor: "Set to anything but 0 to use colours outside a terminal too."
        }
    }
}
