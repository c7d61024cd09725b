import Analytics
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing
import Worker

/// Ten thousand organizations, made on the server at once, through all consumers.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct VolumeTests {
    private static let organizations = 10_000

    /// Two events each, as the organization service appends them; the hashes are some bytes of the right length.
    private func makeOrganizations() async throws {
        try await connect("organization").session { session in
            try session.run(
                Query(
                    """
                    insert into organizations (id, slug, name, event_sequence, created_at, updated_at)
                    select gen_random_uuid(), 'org-' || g, 'Organization ' || g, 2, now(), now() from generate_series(1, \(Self.organizations)) as g
                    """))
            try session.run(
                Query(
                    """
                    insert into outbox (id, type, subject, sequence, time, organization_id, correlation_id, actor, data, hash)
                    select gen_random_uuid(), e.type, o.id, e.sequence, o.created_at, o.id, o.id, 'operator:bulk', e.data, sha256(uuid_send(o.id))
                    from organizations as o cross join lateral (values
                        (1, 'saas.organization.created.v1', json_build_object('organization_id', o.id, 'owner_id', o.id)),
                        (2, 'saas.member.added.v1', json_build_object('organization_id', o.id, 'user_id', o.id, 'role', 'owner')))
                        as e (sequence, type, data)
                    order by o.slug, e.sequence
                    """))
        }
    }

    @Test func `every sum over all databases comes out`() async throws {
        let count = Self.organizations
        try await System.makeFreePlan()
        try await makeOrganizations()
        let report = await WorkerRun.test(System.consumers).untilLevel()
        #expect(report.failure == nil, "\(report)")

        func counts(_ service: String, _ tables: String...) async throws -> [Int] {
            let database = try await connect(service)
            var counts: [Int] = []
            for table in tables { counts.append(try await database.value("select count(*) from \(identifier: table)")) }
            return counts
        }
        #expect(try await counts("organization", "organizations", "outbox") == [count, 2 * count])
        #expect(
            try await counts("billing", "subscriptions", "entitlement_sets", "entitlements", "outbox") == [
                count, count, 3 * count, 2 * count + 2,
            ])
        #expect(
            try await counts("workflow", "membership_cache", "entitlement_set_cache", "entitlement_cache") == [count, count, 3 * count])
        let total = try await counts("audit", "outbox")[0] + counts("analytics", "outbox")[0] + 5 * count + 2
        #expect(try await counts("audit", "entries", "leaves") == [total, total])
        let events = try await connect("analytics").values(
            "select type || ' ' || sum(events) from event_counts group by type order by type", as: String.self)
        #expect(
            events == [
                "saas.member.added.v1 \(count)", "saas.organization.created.v1 \(count)", "saas.plan.created.v1 1",
                "saas.subscription.activated.v1 \(count)",
            ])
        let summary = try await connect("analytics").session { try AnalyticsService.subscriptions(in: $0) }
        #expect(summary.map(\.subscriptions) == [Int64(count)])
        try await Oracle.check(checksHashes: false)
        // Every subscription was caused by its own organization's event, whose correlation it carries.
        let strangers = """
            select count(*) from entries as e join entries as c on c.id = e.causation_id
            where e.source = 'billing' and (e.correlation_id <> c.correlation_id or e.organization_id <> c.organization_id)
            """ as SQL
        #expect(try await connect("audit").value(strangers, as: Int.self) == 0)
        #expect(await WorkerRun.test(System.consumers).untilLevel().events == 0)
    }
}
