/// What a run does about lanes that another run holds.
public enum LockPolicy: String, Sendable, Hashable, CaseIterable {
    /// Leave them to the other.
    case skip
    /// Try them again until they are free, or time is up.
    case wait
    /// Run the others, and say so.
    case fail
}
