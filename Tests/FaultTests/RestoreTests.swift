import FoundationEssentials
import Kernel
import Outbox
import Postgres
import PostgresServer
import TestSupport
import Testing

/// A service's database is restored, copied, upgraded or failed over with PostgreSQL's own tools: its lanes stand and say what to do, the others
/// go on, and after that nothing is lost and nothing has come twice.
@Suite(.serialized, .hangLimit) struct RestoreTests {
    private static let changed = "LANE_SOURCE_CHANGED"
    private static let restored = "LANE_SOURCE_RESTORED"

    /// Some applied, and some not.
    private func prepare(_ test: Failover) async throws {
        try await test.load.write(transactions: 40)
        try await test.work(test.databases)
        try await test.load.write(transactions: 15)
    }

    /// What follows each restore that lost nothing: new events, the rebase among them, and the oracle's word.
    private func goOn(_ test: Failover, _ databases: TestDatabases, says text: String, way: String) async throws {
        let later = try await Load(continuing: test.load, on: databases)
        try await later.write(transactions: 10)
        try await test.expectStop(databases, says: text)
        try await later.write(writers: 2) { try await test.rebase(databases, way: way) }
        try await later.write(transactions: 10)
        try await test.work(databases)
        #expect(try await databases.findings() == [])
        try await test.expectEach(of: try await Failover.events(databases[Failover.service]), in: databases)
    }

    // MARK: Nothing lost

    @Test func `a dump restored in the same cluster, the database dropped before`() async throws {
        try await Failover.with(seed: 11) { test in
            try await prepare(test)
            try await withServerFolder { folder in
                try ServerTools.open(folder)
                try await test.source.dump("organization", to: folder.file("dump"))
                let administrator = try await test.source.administrator()
                try await administrator.execute("drop database saas_organization with (force)")
                let database = try await test.source.load("organization", from: folder.file("dump"))
                try await goOn(
                    test, test.databases.replacing(database), says: "database was dropped and made anew", way: "goes_on")
            }
        }
    }

    @Test func `a dump restored into a fresh cluster`() async throws {
        try await Failover.with(seed: 12) { test in
            try await prepare(test)
            try await withEmptyServer { fresh in
                try await withServerFolder { folder in
                    try ServerTools.open(folder)
                    try await test.source.dump("organization", to: folder.file("dump"))
                    let database = try await fresh.load("organization", from: folder.file("dump"))
                    try await goOn(
                        test, test.databases.replacing(database), says: "is now in another cluster", way: "starts_anew")
                }
            }
        }
    }

    @Test func `a database copied inside its cluster`() async throws {
        try await Failover.with(seed: 13) { test in
            try await prepare(test)
            let administrator = try await test.source.administrator()
            try await administrator.execute("alter database saas_organization rename to old")
            try await administrator.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'old'")
            try await administrator.execute("create database saas_organization template old owner organization_owner")
            try await goOn(test, test.databases, says: "database was dropped and made anew", way: "goes_on")
        }
    }

    @Test func `a cluster upgraded by pg_upgrade`() async throws {
        try await Failover.with(seed: 19) { test in
            try await prepare(test)
            try await withServerFolder { folder in
                try ServerTools.open(folder)
                let upgraded = try await test.source.upgrade(into: folder)
                try await goOn(
                    test, test.databases.replacing(upgraded.databases["organization"]), says: "is now in another cluster",
                    way: "starts_anew")
            }
        }
    }

    @Test func `a standby that has everything is promoted`() async throws {
        try await Failover.with(seed: 14) { test in
            try await withServerFolder { folder in
                let standby = try await test.source.backUp(into: folder, asStandby: true)
                try await standby.start()
                try await prepare(test)
                try await test.source.catchUp(standby)
                try await test.source.stop(.immediate)
                try await standby.promote()
                try await goOn(
                    test, test.databases.replacing(standby.databases["organization"]), says: "is on another timeline",
                    way: "goes_on")
            }
        }
    }

    // MARK: Reading from a standby

    @Test func `a standby is not read from`() async throws {
        try await Failover.with(seed: 15) { test in
            try await withServerFolder { folder in
                try await prepare(test)
                let standby = try await test.source.backUp(into: folder, asStandby: true)
                try await standby.start()
                try await test.source.catchUp(standby)
                let databases = test.databases.replacing(standby.databases["organization"])
                try await withCommandLine(databases) { cli in
                    for command in [["run", "--once"], ["rebase", "organization", "--yes"]] {
                        let result = try await cli.run(["worker"] + command)
                        #expect(result.status == 8 && result.stderr.contains("LANE_ON_STANDBY"), "\(result)")
                        #expect(result.stderr.contains("target_session_attrs=primary"), "\(result)")
                    }
                }
                try await test.work(test.databases)
                #expect(try await test.databases.findings() == [])
            }
        }
    }

    // MARK: Events lost

    /// After a physical restore that lost events: what the lanes say, what has to be said to them, and that nothing else is lost or doubled.
    private func goOnWithoutLost(
        _ test: Failover, _ databases: TestDatabases, applied: [UUID], code: String, says text: String, writesFirst: Bool
    ) async throws {
        let surviving = try await Failover.events(databases[Failover.service])
        #expect(Set(applied).isStrictSuperset(of: surviving))
        let lost = Set(applied).subtracting(surviving)
        let later = try await Load(continuing: test.load, on: databases)
        var newFrom = "none"
        if writesFirst {
            // More transactions than were lost, so that all ids and positions of lost events are handed out again.
            try await later.write(transactions: 2 * lost.count + 20)
            let connection = try await databases[Failover.service].connect(as: .superuser)
            newFrom = try await connection.fetchOne(
                "select min(position)::text from outbox where id <> all (\(surviving))")
        }
        try await test.expectStop(databases, code: code, says: text)
        try await test.refuse(databases, code: "REBASE_LOSS", says: "audit<organization: ", "--accept-loss")
        try await test.refuse(databases, "--accept-loss", code: "REBASE_NEW_ROWS", says: "--new-from")
        if writesFirst {
            try await test.refuse(databases, "--accept-loss", "--new-from", "1", code: "REBASE_NEW_ROWS", says: "was there before")
        }
        try await test.rebase(databases, "--accept-loss", "--new-from", newFrom, way: "goes_on", lost: 4)
        try await later.write(transactions: 20)
        try await test.work(databases)
        try await test.expectEach(of: try await Failover.events(databases[Failover.service]) + lost, in: databases)
        try await later.write(transactions: 5)
        try await test.work(databases)
        try await test.expectEach(of: try await Failover.events(databases[Failover.service]) + lost, in: databases)
        #expect(try await databases.findings(lost: [Failover.service: Array(lost)]) == [])
    }

    @Test(arguments: [false, true]) func `a standby that lacks the last commits is promoted`(writesFirst: Bool) async throws {
        try await Failover.with(seed: 16) { test in
            try await withServerFolder { folder in
                let standby = try await test.source.backUp(into: folder, asStandby: true)
                try await standby.start()
                try await test.load.write(transactions: 40)
                try await test.work(test.databases)
                try await test.source.catchUp(standby)
                // Cut off: it goes on without hearing anything.
                let administrator = try await standby.administrator()
                try await administrator.execute("alter system set primary_conninfo = ''")
                try await administrator.execute("select pg_reload_conf()")
                try await wait(on: administrator, until: "not exists (select from pg_stat_wal_receiver)")
                try await test.load.write(transactions: 30)
                try await test.work(test.databases)
                let applied = try await Failover.events(test.databases[Failover.service])
                try await test.source.stop(.immediate)
                try await standby.promote()
                try await goOnWithoutLost(
                    test, test.databases.replacing(standby.databases["organization"]), applied: applied, code: Self.changed,
                    says: "is on another timeline", writesFirst: writesFirst)
            }
        }
    }

    /// A base backup that is simply started stays on its timeline: only the rows and the snapshot show that it is old.
    @Test(arguments: [false, true]) func `an older base backup is started`(writesFirst: Bool) async throws {
        try await Failover.with(seed: 17) { test in
            try await withServerFolder { folder in
                try await test.load.write(transactions: 40)
                try await test.work(test.databases)
                let backup = try await test.source.backUp(into: folder)
                try await test.load.write(transactions: 30)
                try await test.work(test.databases)
                let applied = try await Failover.events(test.databases[Failover.service])
                try await test.source.stop(.immediate)
                try await backup.start()
                try await goOnWithoutLost(
                    test, test.databases.replacing(backup.databases["organization"]), applied: applied, code: Self.restored,
                    says: "it was restored from an older backup", writesFirst: writesFirst)
            }
        }
    }

    @Test(arguments: [false, true]) func `an older dump, in the same cluster and in a fresh one`(isFresh: Bool) async throws {
        try await Failover.with(seed: 18) { test in
            try await withEmptyServer { fresh in
                try await withServerFolder { folder in
                    try ServerTools.open(folder)
                    try await test.load.write(transactions: 40)
                    try await test.work(test.databases)
                    try await test.source.dump("organization", to: folder.file("dump"))
                    try await test.load.write(transactions: 30)
                    try await test.work(test.databases)
                    let applied = try await Failover.events(test.databases[Failover.service])
                    if !isFresh { try await test.source.administrator().execute("drop database saas_organization with (force)") }
                    let database = try await (isFresh ? fresh : test.source).load("organization", from: folder.file("dump"))
                    let databases = test.databases.replacing(database)
                    let surviving = try await Failover.events(database)
                    let lost = Set(applied).subtracting(surviving)
                    #expect(!lost.isEmpty)
                    let later = try await Load(continuing: test.load, on: databases)
                    try await later.write(transactions: 30)
                    try await test.expectStop(databases, says: isFresh ? "another cluster" : "dropped and made anew")
                    try await test.refuse(databases, code: "REBASE_LOSS", says: "--accept-loss")
                    try await later.write(writers: 2) {
                        try await test.rebase(databases, "--accept-loss", way: isFresh ? "starts_anew" : "goes_on", lost: 4)
                    }
                    try await test.work(databases)
                    try await test.expectEach(of: try await Failover.events(database) + lost, in: databases)
                    #expect(try await databases.findings(lost: [Failover.service: Array(lost)]) == [])
                }
            }
        }
    }
}
