public import FoundationEssentials
public import Kernel

/// Why nothing can be done about a letter.
public enum DeadLetterError: DomainError, Hashable {
    /// These events are no dead letters: they were applied or discarded, or never were any.
    case unknown([UUID], consumer: String?)
    /// It waits for another letter, which has to go first.
    case parked(DeadLetterSummary, behind: DeadLetterSummary.Head)

    public var failure: Failure {
        switch self {
        case .unknown(let ids, let consumer):
            let names = ids.prefix(3).map { "\"\($0.text)\"" }.joined(separator: ", ") + (ids.count > 3 ? " and \(ids.count - 3) more" : "")
            let place = consumer.map { " of consumer \"\($0)\"" } ?? ""
            return Failure(
                ErrorCode("LETTER_NOT_FOUND", .notFound),
                ids.count == 1 ? "event \(names) is no dead letter\(place)" : "events \(names) are no dead letters\(place)",
                hint: "saasctl dlq list")
        case .parked(let letter, let head):
            return Failure(
                ErrorCode("LETTER_PARKED", .conflict),
                "event \"\(letter.id.text)\" is parked behind \"\(head.id.text)\" of its aggregate, which \(letter.consumer) has to apply first",
                hint: "saasctl dlq show \(head.id.text)")
        }
    }
}
