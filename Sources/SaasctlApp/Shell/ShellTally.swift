import CommandKit
import Kernel

/// What became of the lines of a script.
struct ShellTally {
    /// The number of the line that was read last, from 1.
    var line = 0
    private(set) var succeeded = 0
    private(set) var failed = 0
    private var codes: [String: Int] = [:]

    mutating func count(_ outcome: CommandOutcome) {
        switch outcome {
        case .success: succeeded += 1
        case .failed(let failure, _):
            failed += 1
            codes[failure.code.name, default: 0] += 1
        case .ended(let status):
            failed += 1
            codes["STATUS_\(status.rawValue)", default: 0] += 1
        case .outputClosed: break
        }
    }

    /// `10 commands: 7 succeeded, 3 failed (2 ORG_EXISTS, 1 USAGE)`
    var summary: String {
        let reasons = codes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
        let suffix = reasons.isEmpty ? "" : " (\(reasons.joined(separator: ", ")))"
        return "\(succeeded + failed) commands: \(succeeded) succeeded, \(failed) failed\(suffix)"
    }
}
