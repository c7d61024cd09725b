public import ArgumentParser

/// `saasctl analytics`: figures made from events.
public struct AnalyticsCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "analytics", abstract: "Figures about the business, made from events.",
        subcommands: [AnalyticsTasks.self, AnalyticsSubscriptions.self, AnalyticsUsage.self])

    public init() {}
}
