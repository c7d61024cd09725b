import Billing
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing
import Worker

/// The database of a service that reads others goes back to an older dump while its sources went on: its effects, its checkpoints and what it
/// had published.
@Suite(.serialized, .hangLimit) struct ConsumerRestoreTests {
    /// Applies and publishes anew what came after the dump; those who read the service stand until its rebase.
    ///
    /// - Parameter isYoung: the dump is from before the lanes began.
    private func restore(_ service: String, isYoung: Bool, seed: UInt64) async throws {
        try await Failover.withOneServer(seed: seed) { test in
            try await withServerFolder { folder in
                try ServerTools.open(folder)
                let databases = test.databases
                try await test.load.write(transactions: 40)
                if !isYoung { try await test.work(databases) }
                try await test.home.dump(service, to: folder.file("dump"))
                try await test.load.write(transactions: 30)
                try await test.work(databases)
                let published = try await Failover.events(databases[service])
                try await test.restore(service, from: folder.file("dump"))
                let lost = Set(published).subtracting(try await Failover.events(databases[service]))
                #expect(!lost.isEmpty)

                let later = try await Load(continuing: test.load, on: databases)
                try await later.write(transactions: 15)
                try await test.expectStop(databases, of: service, says: "database was dropped and made anew")
                let anew = Set(try await Failover.events(databases[service]))
                #expect(anew.count >= published.count && anew.isDisjoint(with: lost))
                try await test.refuse(databases, of: service, code: "REBASE_LOSS", says: "audit<\(service): ", "--accept-loss")
                try await later.write(writers: 2) {
                    try await test.rebase(databases, of: service, "--accept-loss", way: "goes_on", lost: min(4, lost.count))
                }
                try await later.write(transactions: 10)
                try await test.work(databases)
                let findings = try await databases.findings(lost: [service: Array(lost)])
                #expect(findings == [])
                try await expectNoSecondSubscription(databases)
            }
        }
    }

    /// What billing makes again of an event is what it had told the others of.
    private func expectNoSecondSubscription(_ databases: TestDatabases) async throws {
        let billing = try await databases["billing"].connect(as: .superuser)
        let analytics = try await databases["analytics"].connect(as: .superuser)
        let known: [UUID] = try await analytics.fetch("select subscription_id from subscription_facts order by 1")
        #expect(try await billing.fetch("select id from subscriptions order by 1") == known)
        await billing.close()
        await analytics.close()
    }

    @Test func `billing, whose subscriptions others know`() async throws {
        try await restore("billing", isYoung: false, seed: 21)
    }

    @Test func `notification`() async throws {
        try await restore("notification", isYoung: false, seed: 22)
    }

    @Test func `analytics, from before its lanes began`() async throws {
        try await restore("analytics", isYoung: true, seed: 23)
    }

    @Test func `audit, whose log, leaves, heads and checkpoints go back together`() async throws {
        try await Failover.withOneServer(seed: 24) { test in
            try await withServerFolder { folder in
                try ServerTools.open(folder)
                let databases = test.databases
                try await test.load.write(transactions: 40)
                try await test.work(databases)
                try await test.home.dump("audit", to: folder.file("dump"))
                try await test.load.write(transactions: 30)
                try await test.work(databases)
                let published = try await Failover.events(databases["audit"])
                try await test.restore("audit", from: folder.file("dump"))
                #expect(try await Failover.events(databases["audit"]).count < published.count)

                let later = try await Load(continuing: test.load, on: databases)
                try await later.write(transactions: 15)
                // Only its own lane reads it, and that one's checkpoint went back with what it names.
                try await test.expectStop(databases, of: "audit", says: "database was dropped and made anew")
                try await later.write(writers: 2) { try await test.rebase(databases, of: "audit", way: "goes_on") }
                try await later.write(transactions: 10)
                try await test.work(databases)
                let findings = try await databases.findings()
                #expect(findings == [])
            }
        }
    }

    // MARK: In another cluster, interrupted

    struct Step: Sendable, CustomTestStringConvertible {
        let service: String
        let table: String
        /// The service whose table it is.
        let owner: String

        var testDescription: String { "\(service): \(owner).\(table)" }
    }

    static let steps = [
        Step(service: "billing", table: "outbox_rebases", owner: "billing"), Step(service: "billing", table: "entries", owner: "audit"),
        Step(service: "billing", table: "outbox", owner: "billing"), Step(service: "billing", table: "checkpoints", owner: "workflow"),
        Step(service: "audit", table: "outbox", owner: "audit"), Step(service: "audit", table: "checkpoints", owner: "audit"),
    ]

    /// Source and consumer at once, with its own checkpoints: from an older dump in a fresh cluster.
    @Test(arguments: steps) func `a killed rebase is finished by the next`(step: Step) async throws {
        try await Failover.withOneServer(seed: 25) { test in
            try await withEmptyServer { fresh in
                try await withServerFolder { folder in
                    try ServerTools.open(folder)
                    try await test.load.write(transactions: 40)
                    try await test.work(test.databases)
                    // Published, and read by nobody yet.
                    try await test.load.write(transactions: 10)
                    let run = WorkerRun(
                        consumers: [BillingConsumer()], databases: TestConnections(databases: test.databases), clock: SystemClock())
                    #expect(await run.untilLevel().failure == nil)
                    try await test.home.dump(step.service, to: folder.file("dump"))
                    // A consumer that lost its effects has to make up for these.
                    try await test.load.write(transactions: 10)
                    #expect(await run.untilLevel().failure == nil)
                    let databases = test.databases.replacing(try await fresh.load(step.service, from: folder.file("dump")))
                    let later = try await Load(continuing: test.load, on: databases)
                    try await later.write(transactions: 10)
                    try await test.expectStop(databases, of: step.service, says: "is now in another cluster")
                    try await withCommandLine(databases) { cli in
                        try await cli.killRebase(
                            [step.service], waitingFor: step.table, in: step.table == "outbox_rebases" ? "access exclusive" : "share",
                            of: databases[step.owner], among: databases)
                        try await later.write(transactions: 10)
                        _ = try await cli.run("worker", "run", "--once")
                        let second = try await cli.run("worker", "rebase", step.service, "--yes")
                        #expect(second.status == 0, "\(second)")
                        #expect(try await cli.run("worker", "run", "--once").status == 0)
                        try await later.write(transactions: 10)
                        #expect(try await cli.run("worker", "run", "--once").status == 0)
                        let third = try await cli.run("worker", "rebase", step.service, "--yes")
                        #expect(third.status == 0 && third.stderr.contains("no lane that reads"), "\(third)")
                    }
                    let findings = try await databases.findings()
                    #expect(findings == [])
                    try await expectNoSecondSubscription(databases)
                }
            }
        }
    }

    // MARK: From before a rebase of its source

    /// The rows that a rebase has retired no longer tell whether they were applied by whoever was not there.
    @Test func `a consumer from before a rebase is not let past what it lacks`() async throws {
        try await Failover.with(seed: 26) { test in
            try await withEmptyServer { fresh in
                try await withServerFolder { folder in
                    try ServerTools.open(folder)
                    try await test.load.write(transactions: 40)
                    try await test.work(test.databases)
                    for service in ["analytics", "billing"] { try await test.home.dump(service, to: folder.file(service)) }
                    try await test.load.write(transactions: 20)
                    try await test.work(test.databases)
                    try await test.source.dump("organization", to: folder.file("organization"))
                    let databases = test.databases.replacing(try await fresh.load("organization", from: folder.file("organization")))
                    let later = try await Load(continuing: test.load, on: databases)
                    try await test.rebase(databases, way: "starts_anew")
                    try await later.write(transactions: 20)
                    try await test.work(databases)

                    let published = try await Failover.events(databases["analytics"])
                    try await test.restore("analytics", from: folder.file("analytics"))
                    let lost = Set(published).subtracting(try await Failover.events(databases["analytics"]))
                    // What the rebase of its own lane had told.
                    try await test.rebase(databases, of: "analytics", "--accept-loss", way: "goes_on", lost: 1)
                    try await test.expectRefusal("REBASE_NEEDS_REPLAY", says: "saasctl worker replay --consumer analytics", databases)
                    try await withCommandLine(databases) { cli in
                        let replay = try await cli.run("worker", "replay", "--consumer", "analytics", "--yes")
                        #expect(replay.status == 0, "\(replay)")
                    }
                    try await later.write(transactions: 10)
                    try await test.work(databases)
                    let findings = try await databases.findings(lost: ["analytics": Array(lost)])
                    #expect(findings == [])

                    // One that cannot be replayed has to be given up by word.
                    try await test.restore("billing", from: folder.file("billing"))
                    try await test.expectRefusal("REBASE_RETIRED", says: "billing<organization", databases)
                    try await withCommandLine(databases) { cli in
                        let result = try await cli.run("worker", "rebase", "organization", "--yes", "--accept-loss")
                        #expect(result.status == 0, "\(result)")
                        let own = try await cli.run("worker", "rebase", "billing", "--yes", "--accept-loss")
                        #expect(own.status == 0, "\(own)")
                    }
                    try await later.write(transactions: 10)
                    try await test.work(databases)
                    // It lacks what was retired, and nothing that was written since.
                    let organization = try await databases["organization"].connect(as: .superuser)
                    let since: [UUID] = try await organization.fetch(
                        "select subject from outbox where type like 'saas.organization.created.v%' and txid <> '2'")
                    let subscribed = try await databases["billing"].connect(as: .superuser)
                        .fetch("select organization_id from subscriptions", as: UUID.self)
                    #expect(!since.isEmpty && Set(subscribed).isSuperset(of: since))
                }
            }
        }
    }
}

extension Failover {
    fileprivate func expectRefusal(_ code: String, says text: String, _ databases: TestDatabases) async throws {
        try await withCommandLine(databases) { cli in
            let run = try await cli.run("worker", "run", "--once")
            #expect(run.status == 8, "\(run)")
        }
        try await refuse(databases, code: code, says: text)
    }
}
