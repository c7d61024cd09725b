public import Kernel

/// The one place where an error of any kind becomes a `Failure`.
public struct FailureMapping: Sendable {
    public typealias Rule = @Sendable (any Error) -> Failure?

    private let rules: [Rule]

    /// - Parameter rules: asked in this order, before the general rules; each returns `nil` for errors that it does not know.
    public init(_ rules: [Rule] = []) {
        self.rules = rules
    }

    public func failure(for error: any Error) -> Failure {
        if let failure = error as? Failure { return failure }
        for rule in rules {
            if let failure = rule(error) { return failure }
        }
        switch error {
        case let error as any DomainError: return error.failure
        case is CancellationError: return Failure(.interrupted, "interrupted")
        default:
            return Failure(
                .unexpected, "unexpected failure: \(error)", hint: "run the command again with --debug, and report what it shows")
        }
    }
}

/// Ends a command with a status and without a message, after it has said all there is to say itself.
public struct SilentExit: Error, Sendable, Hashable {
    public let status: ExitStatus

    public init(_ status: ExitStatus) {
        self.status = status
    }
}
