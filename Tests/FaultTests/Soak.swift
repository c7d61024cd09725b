import Glibc
import Postgres
import Synchronization
import TestSupport
import Testing

/// Workers and writers, and what befalls them.
struct Soak: Sendable {
    let server: OwnServer
    let cli: CommandLineFixture
    let load: Load
    let seed: UInt64
    private let log = SoakLog()
    /// Process ids of workers that run now.
    private let workers = SoakWorkers()

    init(server: OwnServer, cli: CommandLineFixture, load: Load, seed: UInt64) {
        self.server = server
        self.cli = cli
        self.load = load
        self.seed = seed
    }

    /// What happened until now.
    var tally: SoakTally { log.tally }

    /// - Returns: what happened.
    func run(for duration: Duration) async throws -> SoakTally {
        let isOver = Flag()
        try await withThrowingTaskGroup { group in
            group.addTask { try await load.write(writers: 4, bearingFaults: true, pause: .milliseconds(30)) { !isOver.isRaised } }
            for number in 0..<2 { group.addTask { try await follow(UInt64(number), until: isOver) } }
            group.addTask { try await cron(until: isOver) }
            group.addTask {
                try await befall(until: .now + duration)
                // In this order: a worker that starts now sees one or the other.
                isOver.raise()
                workers.send(signal: SIGTERM)
            }
            try await group.waitForAll()
        }
        await workers.untilAlone()
        return log.tally
    }

    /// Partitions that come to an end, so that there is something to drop.
    static func prepare(_ server: OwnServer) async throws {
        for service in pruned { try await server.databases[service].makeSmallPartitions(40) }
    }

    /// Services whose partitions come to an end.
    static let pruned = ["billing", "identity", "organization"]

    /// Two workers, and then one run after the other, apply what is there; whatever was set aside is tried again.
    func drain() async throws {
        try cli.setClock(hours: 0)
        let results = try await cli.following(2) {
            var isLevel = false
            while !isLevel {
                // What waited behind a letter may be one itself.
                for consumer in ["workflow", "notification"] {
                    let discarded = try await cli.run(
                        ["dlq", "discard", "--all", "--consumer", consumer, "--confirm", consumer, "--reason", "the end of the soak"])
                    #expect(discarded.status == 0, "\(discarded)")
                }
                isLevel = try await cli.isLevel()
            }
        }
        #expect(results.map(\.status) == [143, 143], "\(results)")
        let last = try await cli.run("worker", "run", "--once")
        #expect(last.status == 0, "\(last)")
        let pruned = try await cli.prune()
        #expect(pruned.status == 0, "\(pruned)")
        try log.said(.prune, pruned)
    }

    /// A service manager that starts its worker again.
    private func follow(_ number: UInt64, until isOver: Flag) async throws {
        while !isOver.isRaised {
            let result = try await cli.run(
                ["worker", "run", "--follow", "--statement-timeout", "5s"], limit: .seconds(36_000)
            ) { worker in
                workers.add(worker)
                if isOver.isRaised { try worker.send(signal: SIGTERM) }
            }
            workers.removeEnded()
            log.ended(result)
        }
    }

    private func cron(until isOver: Flag) async throws {
        var random = SeededGenerator(seed: seed &* 31 &+ 5)
        while !isOver.isRaised {
            let runs = random.pick(1, 1, 5)
            try await withThrowingTaskGroup { group in
                for _ in 0..<runs {
                    group.addTask {
                        let result = try await cli.run(
                            ["worker", "run", "--once", "--max-runtime", "10s", "--statement-timeout", "5s"]
                        ) { workers.add($0) }
                        workers.removeEnded()
                        log.ended(result)
                    }
                }
                try await group.waitForAll()
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...1_000, using: &random)))
        }
    }

    private func befall(until end: ContinuousClock.Instant) async throws {
        var random = SeededGenerator(seed: seed)
        while ContinuousClock.now < end {
            let fault = SoakFault.allCases.randomElement(using: &random) ?? .killWorker
            log.began(fault)
            do {
                if let result = try await fault.strike(server, cli, workers, load, using: &random) { try log.said(fault, result) }
            } catch {
                // One fault may hit the one who brings the next.
                log.missed(fault, error)
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...700, using: &random)))
        }
    }
}
