import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Notification

struct NotificationList: SaasctlCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List a user's notifications, newest first.")

    @Argument(help: "The user's id or e-mail address.")
    var user: String

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let id = try await context.services.directory.userId(user)
        try await context.list(paging) { cursor, limit in
            try await context.read("notification") { try NotificationService.notifications(of: id, before: cursor, limit: limit, in: $0) }
        }
    }
}
