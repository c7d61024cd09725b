import ArgumentParser

struct DeliveryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delivery", abstract: "Deliveries: what leaves the system, and how far it is.",
        discussion: "A delivery names its recipient by an id, and never by an address. Nothing is sent yet: what is recorded stays due.",
        subcommands: [DeliveryList.self, DeliveryGet.self, DeliveryRetry.self])
}
