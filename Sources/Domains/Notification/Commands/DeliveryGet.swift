import ArgumentParser
import CommandKit
import Kernel
import Notification

struct DeliveryGet: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show one delivery.",
        discussion: "Example: saasctl notification delivery get 01a2c7be-6d1d-7000-8000-000000000000")

    @OptionGroup var delivery: DeliveryArgument
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let id = delivery.id
        try context.renderer.object(try await context.read("notification") { try DeliveryService.delivery(id, in: $0) })
    }
}
