import Kernel

/// The lengths of time for which figures are kept in rows of their own.
enum FigureScale: CaseIterable {
    case days
    case months

    /// What a day belongs to: itself, or the first of its month.
    func start(of day: Timestamp) -> Timestamp {
        switch self {
        case .days: day
        case .months: day.startOfMonth
        }
    }
}
