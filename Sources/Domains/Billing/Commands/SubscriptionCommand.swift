import ArgumentParser

struct SubscriptionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sub", abstract: "Subscriptions: which plan an organization is on.",
        discussion: """
            An organization has one subscription at a time; a new organization has one to the default plan after the next run of the worker. \
            Renewals, the ends of trials, and what was left to the end of a period are done by the worker.
            """,
        subcommands: [
            SubscriptionCreate.self, SubscriptionList.self, SubscriptionGet.self, SubscriptionPreviewCommand.self, SubscriptionChange.self,
            SubscriptionCancel.self,
        ])
}
