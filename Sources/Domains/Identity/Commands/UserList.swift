import ArgumentParser
import CommandKit
import Identity
import Kernel

struct UserList: SaasctlCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List users, newest first.")

    @Option(help: "Only users with this status.")
    var status: User.Status?

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let status = status
        try await context.list(paging) { cursor, limit in
            try await context.read("identity") { try IdentityService.list(before: cursor, status: status, limit: limit, in: $0) }
        }
    }
}
