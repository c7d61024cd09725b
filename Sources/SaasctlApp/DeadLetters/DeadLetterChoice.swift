import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Outbox

/// The flags by which many letters are chosen at once.
struct DeadLetterChoice: ParsableArguments, Sendable {
    @Flag(help: "All that the consumer named by --consumer has set aside; what is parked is left out.")
    var all = false

    @Option(
        help: ArgumentHelp("With --all: only this type, with or without its version.", valueName: "type"),
        transform: { try EventTypeText.parse($0) })
    var type: String?

    @Option(help: ArgumentHelp("With --all: only those in this state.", valueName: "state"))
    var state: DeadLetter.State?

    func validate(hasIds: Bool, hasConsumer: Bool) throws {
        if !hasIds && !all { throw ValidationError("name the event, or use --all with --consumer") }
        if hasIds && all { throw ValidationError("--all takes no id") }
        if all && !hasConsumer { throw ValidationError("--all needs --consumer") }
        if !all && (type != nil || state != nil) { throw ValidationError("--type and --state go with --all") }
    }

    /// - Parameter organization: of `--org`, which narrows what `--all` means.
    func filter(of consumer: ConsumerName, in organization: UUID?) -> DeadLetterFilter {
        var filter = DeadLetterFilter()
        filter.consumer = consumer.text
        filter.states = state.map { [$0] } ?? DeadLetterFilter.heads
        filter.type = type
        filter.organizationId = organization
        return filter
    }

    /// What an idempotency key vouches for.
    func parameters(of consumer: ConsumerName, in organization: UUID?) -> [String: String] {
        let own = ["consumer": consumer.text, "type": type ?? "", "state": state?.rawValue ?? ""]
        return own.merging(organization.map { ["organization": $0.text] } ?? [:]) { $1 }
    }
}
