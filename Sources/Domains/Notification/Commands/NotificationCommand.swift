public import ArgumentParser

/// `saasctl notification`: what users are told.
public struct NotificationCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "notification", abstract: "Notifications: what users are told, inside the product and elsewhere.",
        subcommands: [NotificationList.self, NotificationReadCommand.self, DeliveryCommand.self])

    public init() {}
}
