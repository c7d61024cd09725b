public import Kernel

/// Why a benchmark has no figures.
public enum BenchError: DomainError, Sendable, Hashable {
    case contenderFailed(String, output: String)
    /// A contender that is faster because it left something out.
    case wrongEvents(String, expected: Int, events: Int)
    case wrongPositions(String, expected: Int64, positions: Int64)
    /// Events had no effect in time.
    case tooSlow(String, missing: Int)

    public var failure: Failure {
        switch self {
        case .contenderFailed(let name, let output):
            Failure(
                ErrorCode("BENCH_CONTENDER_FAILED", .failure), "\"\(name)\" has failed",
                details: output.split(separator: "\n").suffix(20).map(String.init))
        case .wrongEvents(let name, let expected, let events):
            Failure(ErrorCode("BENCH_WRONG_RESULT", .failure), "\"\(name)\" has applied \(events) of \(expected) events")
        case .wrongPositions(let name, let expected, let positions):
            Failure(
                ErrorCode("BENCH_WRONG_RESULT", .failure),
                "\"\(name)\" has applied other events than there are: the sum of their positions is \(positions), not \(expected)")
        case .tooSlow(let name, let missing):
            Failure(ErrorCode("BENCH_TOO_SLOW", .failure), "\"\(name)\" has left \(missing) events without effect for a minute")
        }
    }
}
