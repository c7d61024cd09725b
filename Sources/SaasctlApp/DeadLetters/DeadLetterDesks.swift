import CommandKit
import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// The databases in which there may be the dead letters that a command is about.
struct DeadLetterDesks: Sendable {
    let context: CommandContext
    let services: [String]

    /// - Parameter consumer: `nil` for all there are.
    init(_ context: CommandContext, of consumer: ConsumerName?) {
        let consumers = consumer.map { [$0.consumer] } ?? Registry.consumers
        self.init(context, of: Set(consumers.map(\.service)).sorted())
    }

    private init(_ context: CommandContext, of services: [String]) {
        self.context = context
        self.services = services
    }

    /// Those whose databases can be reached, and what to end with because others cannot: somebody who looks for what failed does so while
    /// something is down.
    ///
    /// - Throws: why none can be reached, or what is not about reaching one.
    func reachable() async throws -> (desks: DeadLetterDesks, absence: Failure?) {
        let absences: [String: Failure] = try await withThrowingTaskGroup(of: (String, Failure?).self) { group in
            for service in services {
                group.addTask { [context] in
                    do {
                        _ = try await context.services.connection(to: service)
                        return (service, nil)
                    } catch {
                        let failure = Application.failures.failure(for: error)
                        guard failure.code.exit == .unavailable else { throw error }
                        return (service, failure)
                    }
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        let away = absences.sorted { $0.key < $1.key }
        guard let first = away.first?.value else { return (self, nil) }
        guard away.count < services.count else { throw first }
        let absence = Failure(
            first.code, "what the consumers of \(away.map(\.key).listed()) have set aside is missing here: \(first.message)",
            hint: first.hint, details: away.dropFirst().map(\.value.message) + first.details)
        return (DeadLetterDesks(context, of: services.filter { absences[$0] == nil }), absence)
    }

    /// Asks all of them at once.
    ///
    /// - Throws: what one of them throws; a database that does not answer may hold what is looked for.
    func ask<Answer: Sendable>(_ question: @escaping @Sendable (Session) throws -> Answer) async throws -> [String: Answer] {
        try await withThrowingTaskGroup(of: (String, Answer).self) { group in
            for service in services {
                group.addTask { [context] in (service, try await context.read(service, question)) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// One page of the list of all letters that match.
    func page(_ filter: DeadLetterFilter, after cursor: PageCursor?, limit: Int) async throws -> Page<DeadLetterSummary> {
        let found = try await ask { try DeadLetterDesk.list(filter, after: cursor, limit: limit + 1, in: $0) }
        let merged = found.values.joined().sorted { left, right in
            (left.since, left.cursor.id) < (right.since, right.cursor.id)
        }
        return Page(merged, limit: limit, cursor: \.cursor)
    }

    /// Makes letters due, in one transaction for each database that holds some of them.
    ///
    /// - Throws: ``DeadLetterError`` before anything is changed, where an id has no letter, or one that is parked.
    func retry(_ ids: [UUID], _ filter: DeadLetterFilter, _ options: MutationOptions) async throws {
        let found = try await ask { try DeadLetterDesk.find(filter, in: $0) }
        try DeadLetterDesk.refuseParked(found.values.flatMap(\.self))
        let held = found.mapValues { letters in ids.filter { id in letters.contains { $0.id == id } } }
        let missing = Set(ids).subtracting(held.values.joined()).sorted()
        let terms = options.terms
        var outcome = Outcome()
        for service in services {
            let held = held[service, default: []]
            // A key may have been used before, and what was to be retried has been applied since.
            if held.isEmpty || !missing.isEmpty, terms.idempotencyKey == nil { continue }
            let request = try Mutation(
                of: service, parameters: ["ids": ids.map(\.text).joined(separator: ","), "consumer": filter.consumer ?? ""])
            do {
                outcome.add(
                    try await context.execute(request, terms) { session, operation in
                        guard missing.isEmpty, !held.isEmpty else { throw NothingHere() }
                        var filter = filter
                        filter.ids = held
                        return .accepted(try DeadLetterDesk.retry(filter, at: operation.now, in: session))
                    })
            } catch is NothingHere {
                continue
            }
        }
        guard !outcome.isEmpty else { throw DeadLetterError.unknown(missing, consumer: filter.consumer) }
        try outcome.show(in: context)
    }

    /// Ends a transaction in a database that has nothing to change, its idempotency key with it.
    private struct NothingHere: Error {}

    /// What became of the parts.
    private struct Outcome {
        var done: [DeadLetterRetry] = []
        var repeated: [String] = []
        var rehearsals: [Rehearsal] = []

        var isEmpty: Bool { done.isEmpty && repeated.isEmpty && rehearsals.isEmpty }

        mutating func add(_ part: MutationOutcome<DeadLetterRetry>) {
            switch part {
            case .changed(let value): done.append(value)
            case .repeated(let stored): repeated.append(stored)
            case .rehearsed(let rehearsal): rehearsals.append(rehearsal)
            case .refused: return
            }
        }

        func show(in context: CommandContext) throws {
            if !rehearsals.isEmpty { return try context.renderer.object(Rehearsal.joined(rehearsals)) }
            if !repeated.isEmpty { context.notice("this was done before under the same idempotency key; nothing was changed") }
            let parts = try done + repeated.map { try JSONCoding.decode(DeadLetterRetry.self, from: $0) }
            try context.renderer.object(
                DeadLetterRetry(
                    retried: parts.reduce(0) { $0 + $1.retried }, unchanged: parts.reduce(0) { $0 + $1.unchanged },
                    letters: parts.flatMap(\.letters)))
        }
    }
}
