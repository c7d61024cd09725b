import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Notification

struct NotificationList: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List a user's notifications, newest first.",
        discussion: """
            Names of organizations and tasks are those of now. With --as a user sees the own notifications, and nobody else's.

            Examples:
              saasctl notification list ada@example.org --unread
              saasctl notification list ada@example.org --unread --count
            """)

    static let actsForUsers = true

    @Argument(help: "The user's id or e-mail address; may be left out with --as.")
    var user: String?

    @Flag(help: "Only what the user has not read.")
    var unread = false

    @Flag(help: "Show how many there are instead.")
    var count = false

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let id = try await context.reader(user)
        if let actor = try await context.actingUser(), actor != id {
            throw Failure(.notPermitted, "user \"\(global.actAs ?? "")\" may not see the notifications of somebody else")
        }
        let unread = unread
        guard !count else {
            return try context.renderer.object(
                try await context.read("notification") { try NotificationService.count(of: id, unread: unread, in: $0) })
        }
        try await context.list(paging) { cursor, limit in
            let page = try await context.read("notification") {
                try NotificationService.notifications(of: id, unread: unread, before: cursor, limit: limit, in: $0)
            }
            let names = try await context.names(page.items.map { ($0.organizationId, $0.data.taskId) })
            return page.map { ShownNotification($0, names: names) }
        }
    }
}
