import ArgumentParser
import Billing
import CommandKit
import Kernel

/// What somebody wants to use, and how much of it.
struct EntitlementQuestion: ParsableArguments, Sendable {
    @Argument(help: "The entitlement's key.")
    var key: String

    @Option(help: ArgumentHelp("How much, 1 or more.", valueName: "count"))
    var quantity: Int64 = 1

    func validate() throws {
        guard quantity >= 1 else { throw ValidationError("--quantity must be 1 or more") }
    }

    /// The answer for the organization that the command works on.
    func verdict(_ context: CommandContext) async throws -> EntitlementVerdict {
        let subscriber = try await context.subscriber()
        let (key, quantity, now) = (key, quantity, context.clock.now())
        return try await context.read("billing") {
            try EntitlementService.verdict(on: key, quantity: quantity, for: subscriber, at: now, in: $0)
        }
    }
}
