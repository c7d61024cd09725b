public import ArgumentParser
import FoundationEssentials
import Kernel
import Workflow
public import WorkflowEvents

extension TaskStatus: ExpressibleByArgument {}

extension TaskPriority: ExpressibleByArgument {}

/// The word that stands for nobody and nothing where a user or a time is expected.
let nobody = "none"

extension DueTime {
    /// - Throws: `ValidationError` for what is neither a time nor `none`.
    static func argument(_ text: String) throws -> DueTime {
        if text == nobody { return DueTime(nil) }
        guard let time = Timestamp(text) else {
            throw ValidationError("expected a date (2026-12-31, midnight UTC), a time (2026-12-31T17:00:00Z) or \(nobody)")
        }
        return DueTime(time)
    }
}
