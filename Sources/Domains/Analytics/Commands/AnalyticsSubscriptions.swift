import Analytics
import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel

struct AnalyticsSubscriptions: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscriptions", abstract: "Count subscriptions by plan, status and price.",
        discussion: "The figures are as old as the last run of the worker.")

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        try context.renderer.list(Page(all: try await context.read("analytics") { try AnalyticsService.subscriptions(in: $0) }))
    }
}
