import Analytics
import ArgumentParser
import CommandKit
import Kernel

/// The flags that say of which days figures are.
struct FigurePeriod: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp(
            "From this day of UTC on; otherwise the last 30 days, 12 weeks or 12 months, whichever --by says.", valueName: "date"),
        transform: { try TimestampText.parse($0) })
    var since: Timestamp?

    @Option(
        help: ArgumentHelp("Up to but without this day; otherwise with today.", valueName: "date"),
        transform: { try TimestampText.parse($0) })
    var until: Timestamp?

    var isGiven: Bool { since != nil || until != nil }

    /// - Throws: ``AnalyticsError/rangeInvalid(_:)``.
    func range(by bucket: FigureRange.Bucket, _ context: CommandContext) throws -> FigureRange {
        try FigureRange(by: bucket, since: since, until: until, now: context.clock.now())
    }
}

extension CommandContext {
    /// Says how old the figures are to whoever wants to hear it.
    func tellAge(_ newest: Timestamp?) {
        explain(newest.map { "events were last taken in at \($0)" } ?? "no events were taken in yet: saasctl worker run --once")
    }
}

extension Timestamp {
    /// The date alone.
    var date: String { String(description.prefix(10)) }
}
