public import Kernel

/// What the analytics service refuses, and why.
public enum AnalyticsError: DomainError, Equatable {
    /// What is wrong with it.
    case rangeInvalid(String)

    public var failure: Failure {
        switch self {
        case .rangeInvalid(let what):
            Failure(
                ErrorCode("RANGE_INVALID", .usage), what,
                hint: "--since and --until take dates of UTC, the second one the first day without; --by week or month for a long time")
        }
    }
}
