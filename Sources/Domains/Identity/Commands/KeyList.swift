import ArgumentParser
import CommandKit
import Identity
import Kernel

struct KeyList: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the keys that sign tokens, or did, newest first.")

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let now = context.clock.now()
        try await context.list(paging) { cursor, limit in
            try await context.read("identity") { try SigningKeyService.list(before: cursor, limit: limit, at: now, in: $0) }
        }
    }
}
