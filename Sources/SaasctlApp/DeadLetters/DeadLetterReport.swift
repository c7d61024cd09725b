import CommandKit
import FoundationEssentials
import Kernel
import Outbox

/// An event with what each consumer that could not apply it has to say.
struct DeadLetterReport: Renderable {
    struct Letter: Codable, Sendable {
        let consumer: String
        let source: String
        let type: String
        let subject: UUID
        let sequence: Int64
        let state: DeadLetter.State
        let attempts: Int
        let attemptedAt: Timestamp?
        let dueAt: Timestamp?
        let since: Timestamp
        let errorCode: String?
        let error: String?
        let errorDetail: [String]
        let waitsFor: DeadLetterSummary.Head?
        let parkedBehind: Int64
        /// The first of those, in order.
        let behind: [DeadLetterDetail.Waiting]
        let position: Int64
        let time: Timestamp
        let organizationId: UUID?
        let correlationId: UUID
        let causationId: UUID?
        let actor: String
        let traceparent: String?
        let hash: String
        /// The text itself where it is JSON that this program cannot read: numbers beyond every bound, for instance.
        let data: JSONValue
    }

    let id: UUID
    let letters: [Letter]

    static let resourceKind = "DeadLetterReport"
    static let fields: [Column<DeadLetterReport>] = []

    var identifier: String { id.text }

    init(id: UUID, letters: [DeadLetterDetail]) {
        self.id = id
        self.letters = letters.map(Letter.init)
    }

    var plainText: String? {
        letters.map { letter in
            let lines = letter.lines(id)
            let widest = lines.map { TerminalText.width($0.0) }.max() ?? 0
            let table = lines.map {
                TerminalText.padded($0.isEmpty ? "" : $0 + ":", to: widest + 1) + "  " + TerminalText.printable($1) + "\n"
            }.joined()
            return table + letter.dataText + letter.behindText
        }.joined(separator: "\n")
    }
}

extension DeadLetterReport.Letter {
    init(_ detail: DeadLetterDetail) {
        let (letter, event, summary) = (detail.letter, detail.letter.event, detail.summary)
        consumer = letter.consumer
        source = event.source
        type = event.type
        subject = event.subject
        sequence = event.sequence
        state = letter.state
        attempts = letter.attempts
        attemptedAt = letter.attemptedAt
        dueAt = letter.dueAt
        since = letter.parkedAt
        errorCode = letter.error?.code
        error = letter.error?.message
        errorDetail = letter.error?.detail?.split(separator: "\n").map(String.init) ?? []
        waitsFor = summary.waitsFor
        parkedBehind = summary.parkedBehind
        behind = detail.behind
        position = event.position
        time = event.time
        organizationId = event.organizationId
        correlationId = event.correlationId
        causationId = event.causationId
        actor = event.actor
        traceparent = event.traceparent
        hash = event.hash.hexadecimal
        do { data = try JSONValue(parsing: event.data) } catch { data = .string(event.data) }
    }

    fileprivate func lines(_ id: UUID) -> [(String, String)] {
        let tried = attempts == 1 ? "once" : "\(attempts) times"
        var lines = [("event", id.text), ("type", type), ("consumer", consumer), ("source", "\(source), position \(position)")]
        lines += [("aggregate", "\(subject.text), event \(sequence)"), ("state", state.rawValue), ("since", since.description)]
        if let attemptedAt { lines.append(("tried", "\(tried), last at \(attemptedAt)")) }
        if let dueAt { lines.append(("next try", dueAt.description)) }
        if let error { lines.append(("error", "\(error) (\(errorCode ?? "-"))")) }
        lines += errorDetail.map { ("", $0) }
        if let waitsFor { lines.append(("waits for", "\(waitsFor.id.text)  \(waitsFor.type), \(waitsFor.state.rawValue)")) }
        lines += [("time", time.description), ("actor", actor)]
        if let organizationId { lines.append(("organization", organizationId.text)) }
        lines.append(("correlation", correlationId.text))
        if let causationId { lines.append(("cause", causationId.text)) }
        if let traceparent { lines.append(("traceparent", traceparent)) }
        lines.append(("hash", hash))
        return lines
    }

    fileprivate var dataText: String {
        "data:\n" + data.indented.split(separator: "\n").map { "  " + TerminalText.printable(String($0)) + "\n" }.joined()
    }

    fileprivate var behindText: String {
        guard parkedBehind > 0 else { return "" }
        let rest = parkedBehind - Int64(behind.count)
        return "parked behind it: \(parkedBehind)\n"
            + behind.map { TerminalText.printable("  \($0.id.text)  \($0.type), event \($0.sequence), since \($0.since)") + "\n" }.joined()
            + (rest > 0 ? "  and \(rest) more\n" : "")
    }
}
