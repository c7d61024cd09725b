import Billing
import BillingEvents
import FoundationEssentials
import Identity
import Kernel
import Organization
import Outbox
import Postgres
import TestSupport
import Testing
import Worker

/// The oracle judges all other tests, so it is judged here: databases that are damaged by hand, each in a way that a faulty worker might.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct OracleTests {
    /// A table is changed, found out, and put back.
    struct Damage: Sendable {
        let service: String
        let table: String
        let sql: String
        let finding: String

        init(_ service: String, _ table: String, _ sql: String, finds finding: String) {
            self.service = service
            self.table = table
            self.sql = sql
            self.finding = finding
        }
    }

    private static let damages: [Damage] = [
        // Outboxes and the log.
        Damage("organization", "outbox", "delete from outbox where position = 3", finds: "do not rise by one"),
        Damage("organization", "outbox", "delete from outbox where position = 3", finds: "audit<organization: counts"),
        Damage("organization", "outbox", "delete from outbox where position = 6", finds: "names 1 last events"),
        Damage("organization", "outbox", "update outbox set actor = 'x' where position = 2", finds: "hash is not theirs, at [2]"),
        Damage(
            "organization", "outbox", "update outbox set data = '{}' where position = 1", finds: "organization.outbox and the log differ"),
        Damage("organization", "outbox", "update outbox set txid = '99999999' where position = 2", finds: "1 events are not read"),
        Damage(
            "organization", "outbox_drops", "insert into outbox_drops values ('p', 1, 3, 2, sha256(''), now(), '{a}', '{3:3:}', now())",
            finds: "2 events where a partition was dropped"),
        Damage(
            "organization", "outbox_drops",
            "insert into outbox_drops values ('p', 1001, 1003, 2, sha256(''), now(), '{a}', '{3:3:}', now())",
            finds: "the log does not have the same"),
        Damage(
            "audit", "entries", "delete from entries where source = 'billing' and position = 2",
            finds: "billing.outbox and the log differ, first at [2]"),
        Damage("audit", "entries", "update entries set ordinal = ordinal + 1 where source = 'identity'", finds: "ordinals are not dense"),
        Damage(
            "audit", "entries",
            "update entries set ordinal = case position when 1 then 2 when 2 then 1 else ordinal end + 100 where source = 'organization'",
            finds: "do not rise by one in the order of the log"),
        Damage(
            "audit", "entries",
            "insert into entries select source, ordinal + 1, position + 50, gen_random_uuid(), type, subject, sequence + 50, time, organization_id, correlation_id, causation_id, actor, traceparent, data, hash from entries where source = 'identity' order by ordinal desc limit 1",
            finds: "identity.outbox and the log differ"),
        Damage("audit", "leaf_runs", "delete from leaf_runs where first_leaf = 0", finds: "leaves are not dense"),
        Damage(
            "audit", "leaf_runs", "delete from leaf_runs where first_leaf = (select max(first_leaf) from leaf_runs)",
            finds: "entries without a leaf"),
        Damage(
            "audit", "leaf_runs",
            "update leaf_runs set hashes = overlay(hashes placing sha256('x') from (4 - first_leaf)::int * 32 + 1) where 4 between first_leaf and first_leaf + entries - 1",
            finds: "leaves whose hash is another, [4]"),
        Damage(
            "audit", "tree_heads", "update tree_heads set root = sha256('x') where size = (select max(size) from tree_heads)",
            finds: "heads whose root is another"),
        Damage(
            "audit", "tree_heads", "delete from tree_heads where size = (select max(size) from tree_heads)", finds: "does not cover all"),
        Damage("audit", "tree_heads", "delete from tree_heads where size = (select min(size) from tree_heads)", finds: "told otherwise"),
        // Checkpoints.
        Damage("billing", "checkpoints", "update checkpoints set events = events + 1", finds: "billing<organization: counts"),
        Damage("billing", "checkpoints", "delete from checkpoints", finds: "billing<organization: 7 events are not read"),
        Damage("billing", "checkpoints", "update checkpoints set lo = '3:3:'", finds: "billing<organization: 7 events are not read"),
        Damage(
            "billing", "checkpoints",
            "insert into checkpoints select consumer, source, seq + 2, lo, hi, floor, ceil, late, position, epoch, tail_positions, tail_ids, events, applied_at from checkpoints",
            finds: "checkpoints with a gap"),
        // Read models.
        Damage(
            "analytics", "event_counts", "update event_counts set events = events + 1 where type like '%member%'",
            finds: "event_counts: has"),
        Damage("analytics", "plan_facts", "delete from plan_facts", finds: "plan_facts: misses"),
        Damage("analytics", "subscription_facts", "update subscription_facts set amount = amount + 1", finds: "subscription_facts: misses"),
        Damage(
            "analytics", "subscription_counts", "update subscription_counts set subscriptions = subscriptions + 1",
            finds: "subscription_counts: misses"),
        Damage("analytics", "mrr_steps", "update mrr_steps set amount = amount + 1", finds: "mrr_steps: misses"),
        Damage("analytics", "mrr_days", "update mrr_days set new_count = 2", finds: "mrr_days: misses"),
        Damage("analytics", "mrr_days", "update mrr_days set new_mrr = new_mrr - 1", finds: "recurring revenue: misses"),
        Damage(
            "analytics", "purged_organizations", "insert into purged_organizations values (gen_random_uuid())",
            finds: "purged_organizations: has"),
        Damage("analytics", "task_facts", "update task_facts set started_at = now()", finds: "task_facts: misses"),
        Damage("analytics", "task_days", "update task_days set created = created + 1", finds: "task_days: misses"),
        Damage(
            "analytics", "task_days", "update task_days set lead_classes = '{}', lead_counts = '{}'", finds: "times in task_days: misses"),
        Damage("analytics", "task_months", "update task_months set completed = completed + 1", finds: "task_months: misses"),
        Damage(
            "analytics", "task_months", "update task_months set cycle_classes = '{}', cycle_counts = '{}'",
            finds: "times in task_months: misses"),
        Damage("analytics", "usage_months", "update usage_months set records = records + 1", finds: "usage_months: misses"),
        Damage("analytics", "usage_days", "update usage_days set quantity = quantity + 1", finds: "usage_days: misses"),
        Damage("analytics", "usage_sequences", "delete from usage_sequences", finds: "usage_sequences: misses"),
        Damage("analytics", "read_models", "delete from read_models", finds: "read_models: misses"),
        Damage(
            "billing", "subscriptions", "update subscriptions set period_start = period_start - interval '1 hour'",
            finds: "subscriptions: misses"),
        Damage("billing", "subscriptions", "update subscriptions set period_end = period_end + interval '1 day'", finds: "periods: misses"),
        Damage(
            "billing", "subscriptions", "delete from subscriptions where id = (select id from subscriptions limit 1)",
            finds: "events of subscriptions: has"),
        Damage("billing", "invoices", "update invoices set amount = amount + 1", finds: "billing invoices: misses"),
        Damage("billing", "invoices", "update invoices set number = number + 1", finds: "numbers of invoices: misses"),
        Damage("billing", "invoices", "delete from invoices", finds: "billing invoices: misses"),
        Damage("billing", "usage_records", "update usage_records set quantity = quantity + 1", finds: "billing usage: misses"),
        Damage("billing", "entitlements", "delete from entitlements where key = 'members'", finds: "entitlements: misses"),
        Damage("billing", "entitlement_sets", "update entitlement_sets set version = 2", finds: "events of entitlements: misses"),
        Damage("workflow", "membership_cache", "update membership_cache set role = 'viewer'", finds: "membership_cache: misses"),
        Damage("workflow", "entitlement_set_cache", "update entitlement_set_cache set version = 9", finds: "entitlement_set_cache: has"),
        Damage(
            "workflow", "entitlement_cache", "update entitlement_cache set quantity = 7 where key = 'projects'",
            finds: "entitlement_cache: has"),
        Damage("workflow", "tasks", "update tasks set assignee_id = gen_random_uuid()", finds: "open tasks of strangers: has (WEB-1)"),
        Damage("workflow", "tasks", "update tasks set assignee_id = null", finds: "workflow assignees: misses"),
        Damage(
            "notification", "notifications", "update notifications set event_id = gen_random_uuid()",
            finds: "notification notifications: misses"),
        Damage(
            "notification", "notifications",
            "insert into notifications select gen_random_uuid(), user_id, null, template, gen_random_uuid(), 1, created_at from notifications",
            finds: "events of notifications: misses"),
        Damage(
            "notification", "notifications", "update notifications set read_at = created_at", finds: "events of reading: misses"),
        Damage("notification", "deliveries", "delete from deliveries", finds: "notification deliveries: misses"),
        Damage("notification", "deliveries", "update deliveries set event_sequence = 2", finds: "events of deliveries: misses"),
    ]

    private static let sagaDamages: [Damage] = [
        Damage("organization", "saga_steps", "update saga_steps set requests = 2 where number = 1", finds: "requests of steps: misses"),
        Damage(
            "organization", "saga_steps", "update saga_steps set state = 'requested', ended_at = null where number = 2",
            finds: "steps that are done: misses"),
        Damage("workflow", "frozen_organizations", "delete from frozen_organizations", finds: "frozen_organizations: misses"),
        Damage("workflow", "projects", "update projects set is_frozen = not is_frozen", finds: "frozen projects: "),
        Damage(
            "billing", "subscriptions", "update subscriptions set status = 'active', cancelled_by = null",
            finds: "states of subscriptions: misses"),
    ]

    private func arrange() async throws {
        try await System.makeFreePlan()
        let ada = try await System.register("ada@example.org")
        let acme = try await System.create("acme", owner: ada.id)
        for name in ["bolt", "cord"] { _ = try await System.create(name, owner: ada.id) }
        #expect(await WorkerRun.test(System.consumers).untilLevel().failure == nil)
        try await subscribe(acme)
        try await System.createTask(of: ada, in: acme)
        try await System.finishTask(in: acme)
        try await System.invite("zoe@example.org", to: acme)
        #expect(await WorkerRun.test(System.consumers).untilLevel().failure == nil)
    }

    /// To a plan that costs something, of which something is used.
    private func subscribe(_ organization: Organization) async throws {
        let context = System.context()
        let draft = PlanDraft(
            slug: "pro", name: "Pro", isDefault: false, price: Money(amount: 3_000, currency: "EUR"), period: .month,
            entitlements: PlanDraft.free.entitlements)
        _ = try await System.perform("billing", context) { try PlanService.create(draft, in: $0, context: context) }
        let subscriber = SubscriptionService.Subscriber(organizationId: organization.id, label: organization.slug)
        _ = try await System.perform("billing", context) {
            try SubscriptionService.change(to: "pro", nil, for: subscriber, in: $0, context: context)
        }
        let report = UsageService.Report(entitlement: "api_calls", key: "k", quantity: 5, usedAt: nil)
        _ = try await System.perform("billing", context) {
            try UsageService.record(report, for: subscriber, in: $0, context: context)
        }
    }

    private func damage(_ database: Connection, _ damage: Damage, then look: () async throws -> Void) async throws {
        let table = damage.table
        // The log's triggers refuse even this session.
        try await database.session { session in
            try session.script("alter table \(table) disable trigger all; create temp table kept as table \(table)")
        }
        try await database.execute(SQL(unsafeRaw: damage.sql))
        try await look()
        try await database.session { session in
            try session.script(
                """
                delete from \(table); insert into \(table) overriding system value select * from kept;
                alter table \(table) enable trigger all
                """)
        }
    }

    @Test func `every damage is found, and nothing is found without one`() async throws {
        try await arrange()
        try await Oracle.check()
        try await findAll(Self.damages)
    }

    @Test func `every damage to what sagas have done is found`() async throws {
        try await arrange()
        let acme = try await connect("organization").session { try OrganizationService.organization("acme", in: $0) }
        try await System.delete(acme)
        #expect(await WorkerRun.test(System.consumers).untilLevel().failure == nil)
        try await Oracle.check()
        try await findAll(Self.sagaDamages)
    }

    private func findAll(_ damages: [Damage]) async throws {
        for damage in damages {
            let database = try await connect(damage.service, as: .superuser)
            try await self.damage(database, damage) {
                let findings = try await TestDatabases.current.findings()
                #expect(findings.contains { $0.contains(damage.finding) }, "\(damage.sql): \(findings)")
            }
            await database.close()
        }
        try await Oracle.check()
    }

    @Test func `events that nobody has read are found, but for lanes that may stand`() async throws {
        try await arrange()
        _ = try await System.create("dune", owner: .id(5))
        let findings = try await TestDatabases.current.findings()
        #expect(findings.contains("billing<organization: 2 events are not read"))
        let standing = Set(
            ["analytics", "audit", "billing", "notification", "organization", "workflow", "workflow-saga"].map { "\($0)<organization" })
        #expect(findings.count == standing.count, "\(findings)")
        try await Oracle.check(standing: standing)
    }

    @Test func `what was dropped counts as read, and comes from the log`() async throws {
        try await arrange()
        let organization = try await connect("organization", as: .superuser)
        try await organization.session { session in
            try session.script(
                """
                insert into outbox_drops select 'p', 1, 5, events, hash, newest, '{a}', '{3:3:}', now() from outbox_digest(1, 5);
                delete from outbox where position < 5
                """)
        }
        try await Oracle.check()
        try await connect("workflow", as: .superuser).run("delete from membership_cache where sequence = 2")
        #expect(try await TestDatabases.current.findings().contains { $0.contains("membership_cache: misses") })
    }

    // MARK: Dead letters

    /// Fails one event of an aggregate of three, and applies the events of another.
    private func park() async throws {
        try await LedgerConsumer.prepare()
        for sequence in 1...3 as ClosedRange<Int64> {
            try await ThingChanged.append(of: [(1, sequence), (2, sequence)])
        }
        let consumer = LedgerConsumer { event, _ in if event.subject == .id(1), event.sequence == 2 { throw LaneTests.Refusal() } }
        #expect(await WorkerRun.test([consumer]).untilLevel().events == 6)
    }

    @Test func `what is parked is not demanded, and everything else is`() async throws {
        try await park()
        try await Oracle.checkLedger()
        let damages = [
            Damage("billing", "ledger", "delete from ledger where position = 2", finds: "ledger: misses"),
            Damage("billing", "ledger", "insert into ledger (source, position) values ('organization', 2)", finds: "ledger: has"),
            Damage("billing", "ledger", "insert into ledger (source, position) values ('organization', 3)", finds: "ledger: has"),
            Damage("billing", "ledger", "update ledger set nth = 100 where position = 2", finds: "order of ledger: has"),
            Damage(
                "billing", "dead_letters", "delete from dead_letters where sequence = 3",
                finds: "went past letters of the same aggregate at [5]"),
            Damage("billing", "dead_letters", "update dead_letters set sequence = 9 where sequence = 2", finds: "letters out of order"),
            Damage("billing", "dead_letters", "update dead_letters set state = 'parked', due_at = null", finds: "letters out of order"),
            Damage(
                "billing", "dead_letters", "update dead_letters set data = '{}' where sequence = 3",
                finds: "not what the source has, at [5]"),
            Damage("billing", "dead_letters", "delete from dead_letters", finds: "ledger: misses"),
        ]
        for damage in damages {
            let database = try await connect("billing", as: .superuser)
            try await self.damage(database, damage) {
                let findings = try await TestDatabases.current.findings(readers: [LedgerConsumer.reader])
                #expect(findings.contains { $0.contains(damage.finding) }, "\(damage.sql): \(findings)")
            }
            await database.close()
        }
        try await Oracle.checkLedger()
    }
}
