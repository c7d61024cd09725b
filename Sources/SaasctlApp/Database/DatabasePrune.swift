import ArgumentParser
import CommandKit
import Configuration
import FoundationEssentials
import Identity
import Kernel
import Outbox
import Postgres

struct DatabasePrune: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Drop outbox partitions that no consumer needs any more, and what has expired.",
        discussion: """
            A partition goes when every consumer of its service has applied all of its events and the newest of them is older than the \
            profile's outbox_retention (30d, unless it says otherwise). The partition in use stays, and so does everything behind the first \
            partition that has to stay. Each line says what became of one partition and why; count and hash of what is dropped are kept in \
            outbox_drops. The events themselves live on in the audit log.

            Keep events for longer than the age of the oldest backup from which you would restore a consumer: what such a backup lacks can \
            only be read again while it is still there.

            Removes besides what has expired: stored answers under idempotency keys whose time is up, sessions that have been over for as long as \
            events are kept, with their refresh tokens, and attempts to log in that count no more. A line on standard error says how many.

            A drop needs the outbox for itself for a moment. It waits 50 ms for that, because whoever comes meanwhile queues up behind it, \
            then steps aside and tries again later, twenty times in all. Exits 75 where the lock could not be had, as while pg_dump runs; \
            the next run goes on. Exits 69 where a database cannot be asked; what needs only the others is pruned all the same.

            Example, a line for cron:

              17 3 * * * saasctl db prune --quiet >/dev/null
            """)

    @OptionGroup var selection: ServiceSelection

    @Flag(name: [.customShort("n"), .long], help: "Only show what would go.")
    var dryRun = false

    @Option(
        help: ArgumentHelp("Drop what is older than this, whatever the profile says: 12h, 30d.", valueName: "duration"),
        transform: { try DurationText.parse($0) })
    var olderThan: Duration?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let profile = try context.services.profile()
        if !dryRun { try context.refuseIfReadOnly() }
        let now = context.clock.now()
        let cutoff = now.advanced(by: .zero - (olderThan ?? profile.outboxRetention))
        let list = context.renderer.listWriter(of: PrunedPartition.self)
        var failures: [(service: String, failure: Failure)] = []
        var busy: [String] = []
        for service in selection.services {
            do {
                try await removeLeftovers(of: service, endedBefore: cutoff, at: now, context)
                let retention = OutboxRetention(readers: try await readers(of: service, context), cutoff: cutoff, now: now)
                let source = try await ServiceConnection.open(
                    try profile.database(of: service), service: service, profile: profile.name, applicationName: "saasctl db")
                do {
                    try await retention.prune(source, dryRun: dryRun) { fate in
                        if fate.action == .dropped { context.noteChange() }
                        if fate.action == .kept(.busy) { busy.append(service) }
                        try list.append([PrunedPartition(fate, of: service)])
                    }
                } catch {
                    await source.close()
                    throw error
                }
                await source.close()
            } catch let error as PostgresError where error.kind == .cancelled {
                throw error
            } catch let error as any DomainError {
                failures.append((service, error.failure))
            } catch let failure as Failure {
                failures.append((service, failure))
            }
        }
        try list.finish()
        try report(failures, busy)
    }

    private func removeLeftovers(
        of service: String, endedBefore cutoff: Timestamp, at now: Timestamp, _ context: CommandContext
    ) async throws {
        var leftovers = [IdempotencyKeys.expired(at: now)]
        if service == IdentityModule.module.name { leftovers += IdentityLeftovers.all(endedBefore: cutoff, at: now) }
        for leftover in leftovers {
            if dryRun {
                let count = try await context.read(service) { try $0.one(leftover.count()) }
                if count > 0 { context.notice("\(service): \(count) \(leftover.name) would be removed") }
                continue
            }
            let connection = try await context.services.connection(to: service)
            var removed: Int64 = 0
            while true {
                let some = try await connection.transaction { try $0.one(leftover.remove()) }
                removed += some
                guard some == Leftovers.limit else { break }
            }
            guard removed > 0 else { continue }
            context.noteChange()
            context.notice("\(service): \(removed) \(leftover.name) removed")
        }
    }

    /// Everybody who reads the service's outbox, with the checkpoint in their own database.
    private func readers(of service: String, _ context: CommandContext) async throws -> [RetentionReader] {
        var readers: [RetentionReader] = []
        for consumer in Registry.consumers where consumer.sources.contains(service) {
            let store = CheckpointStore(consumer: consumer.name, source: service)
            let head = try await context.read(consumer.service) { session -> RetentionReader.Head in
                do {
                    return try store.head(in: session).map { .at($0.checkpoint, $0.epoch) } ?? .none
                } catch LaneStop.unreadableCheckpoint {
                    return .unreadable
                }
            }
            readers.append(RetentionReader(consumer: consumer.name, head: head))
        }
        return readers
    }

    private func report(_ failures: [(service: String, failure: Failure)], _ busy: [String]) throws {
        if let first = failures.first {
            throw Failure(
                first.failure.code, "the outbox of \"\(first.service)\" was not pruned: \(first.failure.message)", hint: first.failure.hint,
                details: failures.dropFirst().map { "\($0.service): \($0.failure.message)" } + first.failure.details)
        }
        if !busy.isEmpty {
            throw Failure(
                .databaseBusy, "the outbox of \(busy.map { "\"\($0)\"" }.joined(separator: ", ")) could not be had for a moment",
                hint: "try again when no long transaction or pg_dump has it")
        }
    }
}
