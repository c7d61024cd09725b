public import Kernel

extension SealError: DomainError {
    /// Says nothing of what was sealed.
    public var failure: Failure {
        switch self {
        case .otherKey:
            Failure(
                .configuration, "a secret was sealed under another key than the profile's",
                hint: "let the profile's key_file be the one that was in use then")
        case .unknownVersion: Failure(.binaryOutdated, "a secret was sealed by a newer saasctl", hint: "upgrade saasctl")
        case .malformed, .forged: Failure(.unexpected, "a sealed secret is damaged, or stands where it does not belong")
        }
    }
}
