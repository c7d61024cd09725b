import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Notification

struct NotificationReadCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "Mark notifications as read.",
        discussion: """
            What was read before stays as it is. Of several ids either all are marked or none. --all marks the oldest \
            \(NotificationService.markLimit) at most, and says how many are left. With --as a user marks the own notifications, and nobody else's.

            Examples:
              saasctl notification read 01a2c7be-6d1d-7000-8000-000000000000
              saasctl notification read ada@example.org --all
              saasctl notification read --all --as ada@example.org
            """)

    static let actsForUsers = true

    @Argument(help: ArgumentHelp("The notifications' ids; with --all the user, by id or e-mail address.", valueName: "id"))
    var names: [String] = []

    @Flag(help: "Everything that the user has not read.")
    var all = false

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if all {
            guard names.count <= 1 else { throw ValidationError("--all takes one user") }
        } else {
            guard !names.isEmpty else { throw ValidationError("name notifications by their ids, or a user with --all") }
            _ = try ids()
        }
    }

    private func ids() throws -> [UUID] {
        try names.map { name in
            if let id = UUID(uuidString: name) { return id }
            throw ValidationError("a notification goes by its id; a user is named with --all")
        }
    }

    func run(_ context: CommandContext) async throws {
        if all {
            let user = try await context.reader(names.first)
            let request = try Mutation(of: "notification", permission: .user(user), parameters: ["user": user.text])
            try await context.perform(request, mutation) { try NotificationService.markAllRead(of: user, in: $0, context: $1) }
        } else {
            let ids = Set(try ids()).sorted()
            let request = try Mutation(of: "notification", permission: .members, parameters: ["ids": ids.map(\.text)])
            try await context.perform(request, mutation) { try NotificationService.markRead(ids, in: $0, context: $1) }
        }
    }
}
