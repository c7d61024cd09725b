import BillingEvents
import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing
import Workflow

@Suite(.databases("workflow")) struct WorkflowConsumerTests {
    @Test func `members and entitlements are kept as told`() async throws {
        let database = try await connect()
        #expect(try await database.hear(.member(1, .owner, sequence: 2), .member(2, .viewer, sequence: 3), from: "organization").isEmpty)
        let grants = [
            EntitlementGrant(key: "api", kind: .metered, quantity: 5), EntitlementGrant(key: "sso", kind: .boolean, quantity: nil),
        ]
        #expect(try await database.hear(.entitlements(version: 1, projects: 3, more: grants), from: "billing").isEmpty)
        #expect(try await database.cachedMembers() == ["1 owner 2", "2 viewer 3"])
        #expect(try await database.cachedEntitlements() == ["api metered 5", "projects static 3", "sso boolean unlimited"])
        // It tells nobody.
        #expect(try await database.outbox(of: "workflow").isEmpty)
    }

    @Test func `entitlements may come before anything is known of the organization, and members too`() async throws {
        let first = try await connect()
        try await first.hear(.entitlements(version: 1, projects: 3), from: "billing")
        try await first.hear(.member(1, .owner, sequence: 2), from: "organization")
        let oneWay = try await (first.cachedMembers(), first.cachedEntitlements())
        try await connect(as: .owner).execute("truncate membership_cache, entitlement_set_cache, entitlement_cache")
        try await first.hear(.member(1, .owner, sequence: 2), from: "organization")
        try await first.hear(.entitlements(version: 1, projects: 3), from: "billing")
        #expect(try await (first.cachedMembers(), first.cachedEntitlements()) == oneWay)
    }

    @Test func `the same events again change nothing`() async throws {
        let database = try await connect()
        for _ in 0..<3 {
            try await database.hear(.member(1, .owner, sequence: 2), from: "organization")
            try await database.hear(.entitlements(version: 1, projects: 3), from: "billing")
        }
        #expect(try await database.cachedMembers() == ["1 owner 2"])
        #expect(try await database.cachedEntitlements() == ["projects static 3"])
    }

    @Test func `an older set never overwrites a newer one, not a part of it either`() async throws {
        let database = try await connect()
        let extra = [EntitlementGrant(key: "sso", kind: .boolean, quantity: nil)]
        try await database.hear(.entitlements(version: 2, projects: 10), from: "billing")
        try await database.hear(.entitlements(version: 1, projects: 3, more: extra), from: "billing")
        #expect(try await database.cachedEntitlements() == ["projects static 10"])
        // Of the same version the first stays: a version is one set.
        try await database.hear(.entitlements(version: 2, projects: 11, more: extra), from: "billing")
        #expect(try await database.cachedEntitlements() == ["projects static 10"])
        // A newer one replaces all of it.
        try await database.hear(.entitlements(version: 3, projects: nil, more: extra), from: "billing")
        #expect(try await database.cachedEntitlements() == ["projects static unlimited", "sso boolean unlimited"])
        try await database.hear(.entitlements(version: 4, projects: 1), from: "billing")
        #expect(try await database.cachedEntitlements() == ["projects static 1"])
    }

    @Test func `of several sets in one chunk the newest is taken, wherever it stands`() async throws {
        let database = try await connect()
        try await database.hear(
            .entitlements(version: 2, projects: 20), .entitlements(version: 3, projects: 30), .entitlements(version: 1, projects: 10),
            .entitlements(version: 1, projects: 7, of: .numbered(2)), .entitlements(version: 3, projects: 30), from: "billing")
        #expect(try await database.cachedEntitlements() == ["projects static 30"])
        #expect(try await database.cachedEntitlements(of: .numbered(2)) == ["projects static 7"])
        #expect(try await database.fetch("select version from entitlement_set_cache order by 1", as: Int64.self) == [1, 3])
    }

    @Test func `an older membership never overwrites a newer one`() async throws {
        let database = try await connect()
        try await database.hear(.member(1, .admin, sequence: 5), from: "organization")
        try await database.hear(.member(1, .owner, sequence: 2), from: "organization")
        #expect(try await database.cachedMembers() == ["1 admin 5"])
        try await database.hear(
            .member(1, .viewer, sequence: 7), .member(1, .member, sequence: 6), .member(2, .owner, sequence: 8), from: "organization")
        #expect(try await database.cachedMembers() == ["1 viewer 7", "2 owner 8"])
        // The same user in another organization is another membership.
        try await database.hear(.member(1, .owner, sequence: 2, of: .numbered(2)), from: "organization")
        #expect(try await database.cachedMembers() == ["1 viewer 7", "2 owner 8", "1 owner 2"])
    }

    @Test func `roles change, members go, and what is older brings nobody back`() async throws {
        let database = try await connect()
        try await database.hear(.member(1, .owner, sequence: 2), .member(2, .viewer, sequence: 3), from: "organization")
        try await database.hear(.roleChanged(2, .admin, sequence: 4), .memberRemoved(1, sequence: 5), from: "organization")
        #expect(try await database.cachedMembers() == ["1 none 5", "2 admin 4"])
        try await database.hear(.member(1, .owner, sequence: 2), .roleChanged(1, .viewer, sequence: 4), from: "organization")
        #expect(try await database.cachedMembers() == ["1 none 5", "2 admin 4"])
        // All in one chunk, in any order of their types.
        try await database.hear(
            .member(3, .viewer, sequence: 6), .roleChanged(3, .member, sequence: 7), .memberRemoved(3, sequence: 8),
            .member(3, .admin, sequence: 9), .member(1, .member, sequence: 10), .memberRemoved(2, sequence: 11), from: "organization")
        #expect(try await database.cachedMembers() == ["1 member 10", "2 none 11", "3 admin 9"])
    }

    @Test func `an empty set is a set, and an empty chunk is nothing`() async throws {
        let database = try await connect()
        try await database.hear(from: "organization")
        try await database.hear(from: "billing")
        let none = try StoredEvent.handMade(
            EntitlementsUpdated(organizationId: .numbered(1), version: 1, entitlements: []), from: "billing", position: 1,
            subject: .numbered(1))
        try await database.hear(none, from: "billing")
        #expect(try await database.cachedEntitlements().isEmpty)
        #expect(try await database.fetchOne("select count(*) from entitlement_set_cache", as: Int.self) == 1)
    }

    @Test func `two chunks with the same organizations at once end with the newest of each`() async throws {
        let one = try [StoredEvent.entitlements(version: 2, projects: 20), .entitlements(version: 1, projects: 5, of: .numbered(2))]
        let other = try [StoredEvent.entitlements(version: 2, projects: 9, of: .numbered(2)), .entitlements(version: 1, projects: 10)]
        let apply: @Sendable ([StoredEvent]) -> @Sendable (Session) throws -> Void = { events in
            { session in
                _ = try WorkflowConsumer().apply(
                    EventChunk(source: "billing", events: events), in: session, context: ConsumerContext(now: OperationContext.ofTest().now)
                )
            }
        }
        let (_, second) = try await rivalry(connect(), apply(one), against: connect(), apply(other))
        try second.get()
        let database = try await connect()
        #expect(try await database.cachedEntitlements() == ["projects static 20"])
        #expect(try await database.cachedEntitlements(of: .numbered(2)) == ["projects static 9"])
    }
}
