import FoundationEssentials
import Kernel
import Organization
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing
import Worker

/// Databases of the current test, for the timers of the service.
struct OrganizationDatabases: WorkerDatabases {
    func open(_ service: String) async throws -> Connection { try await TestDatabases.current[service].connect() }
}

/// Does what is due in the organization service at an instant.
func doWhatIsDue(at now: Timestamp) async -> WorkerReport {
    let timed = [TimedService(service: "organization", timers: OrganizationModule.module.timers)]
    return await WorkerRun(consumers: [], timed: timed, databases: OrganizationDatabases(), clock: FixedClock(now)).untilLevel()
}

/// Invitations that nobody answers (docs/organization.md, "Invitations").
@Suite(.databases("organization")) struct InvitationExpiryTests {
    private static let start = OperationContext.ofTest().now
    private static let expiry = start.advanced(by: InvitationLifetime.standard.duration)

    @Test func `at the instant that it names an invitation expires, and others hear of it once`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let sent = try await database.invite("user2@example.org", to: acme)
        #expect(await doWhatIsDue(at: Self.expiry.advanced(by: .microseconds(-1))).timers.map(\.done) == [0])
        #expect(await doWhatIsDue(at: Self.expiry).timers.map(\.done) == [1])
        let row: String = try await database.fetchOne("select status || ' ' || (ended_at = expires_at) from invitations")
        #expect(row == "expired true")
        let last = try #require(try await database.outbox(of: "organization").last)
        #expect(try last.decode() == InvitationExpired(organizationId: acme.id, invitationId: sent.value.id))
        #expect(last.sequence == 4 && last.time == Self.expiry && last.correlationId == OperationContext.ofTest().correlationId)
        #expect(await doWhatIsDue(at: Self.expiry.advanced(by: .seconds(9))).timers.map(\.done) == [0])
        #expect(try await database.outbox(of: "organization").count == 4)
    }

    @Test func `one that has ended in another way stays as it is`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        try await database.accept(database.invite("user2@example.org", to: acme).token, by: .user(2))
        try await database.reject(database.invite("user3@example.org", to: acme).token)
        _ = try await database.invite("user4@example.org", to: acme)
        try await database.revoke("user4@example.org", of: acme)
        // Noticed by whoever invited the address again, before any worker did; the new one is open.
        _ = try await database.invite("user5@example.org", to: acme, lifetime: InvitationLifetime(.seconds(60)))
        _ = try await database.invite("user5@example.org", to: acme, .ofTest(at: Self.start.advanced(by: .seconds(120))))
        let events = try await database.outbox(of: "organization").count
        let before: [String] = try await database.fetch("select status from invitations order by created_at, id")
        #expect(await doWhatIsDue(at: Self.expiry.advanced(by: .seconds(60))).timers.map(\.done) == [4])
        #expect(try await database.fetch("select status from invitations order by created_at, id") == before)
        #expect(try await database.outbox(of: "organization").count == events)
        #expect(await doWhatIsDue(at: Self.expiry.advanced(by: .seconds(120))).timers.map(\.done) == [1])
        #expect(try await database.outbox(of: "organization").count == events + 1)
    }

    @Test func `of a dry run nothing is due`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let offer = try InvitationService.offer("user2@example.org", to: acme)
        _ = try await database.transaction(TransactionOptions(ending: .rollback)) {
            try InvitationService.send(offer, key: invitationKey, in: $0, context: .ofTest())
        }
        #expect(try await database.fetchOne("select count(*) from due") == 0 as Int64)
    }
}
