public import Kernel

/// What keeps lanes, or timers, from going on, and which of them: one server that is down keeps back many.
public struct Hindrance: Sendable {
    /// What people call those that it keeps back.
    public fileprivate(set) var names: [String]
    public let failure: Failure
    /// Somebody has to act before they go on; otherwise a database cannot be reached, or gave up.
    public let isStanding: Bool

    /// The hindrances among some outcomes, each once, in the order in which they first appear.
    ///
    /// - Parameter outcomes: with what people call the lane or the timers.
    public static func all(in outcomes: [(name: String, outcome: LaneReport.Outcome)]) -> [Hindrance] {
        outcomes.reduce(into: []) { found, next in
            guard let failure = next.outcome.failure else { return }
            let isStanding = next.outcome.unavailability == nil
            if let same = found.firstIndex(where: { $0.isStanding == isStanding && $0.failure.message == failure.message }) {
                found[same].names.append(next.name)
            } else {
                found.append(Hindrance(names: [next.name], failure: failure, isStanding: isStanding))
            }
        }
    }

    /// `billing<organization and workflow<organization cannot run: the server does not answer`.
    public var text: String {
        let verb = isStanding ? names.count == 1 ? "stands" : "stand" : "cannot run"
        return "\(names.listed()) \(verb): \(failure.message)"
    }
}
