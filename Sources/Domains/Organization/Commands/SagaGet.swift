import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Organization

struct SagaGet: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show a saga and its steps.",
        discussion: """
            Of an organization, its newest saga. Exits 8 while the saga has not ended: a deletion ends with the purge, or when it is restored.

            Example: saasctl saga get acme
            """)

    @Argument(help: "The saga's id, or an organization's slug or id.")
    var saga: String

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let reference = saga
        let found = try await context.read("organization") { try SagaService.saga(reference, in: $0) }
        try context.renderer.object(found)
        if let pending = found.pending { throw pending }
    }
}

extension SagaReport {
    /// Why it has not ended; `nil` where it has.
    fileprivate var pending: Failure? {
        switch state {
        case .completed, .compensated: nil
        case .running, .compensating:
            Failure(ErrorCode("SAGA_PENDING", .pending), "the saga is under way", hint: "saasctl worker run --once")
        case .waiting:
            Failure(ErrorCode("SAGA_PENDING", .pending), "the saga waits until its grace period ends, at \(graceEndsAt)")
        case .failed, .compensationFailed:
            Failure(
                ErrorCode("SAGA_FAILED", .pending), "the saga waits for somebody: a step has failed", hint: "saasctl saga retry \(id.text)")
        }
    }
}
