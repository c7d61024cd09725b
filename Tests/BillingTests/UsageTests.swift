import BillingEvents
import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Billing

/// What was used, in which period, and what may be used still.
@Suite(.databases("billing")) struct UsageTests {
    private static let start = Timestamp(year: 2026, month: 1, day: 31, hour: 9)
    private static func day(_ month: Int, _ day: Int, hour: Int = 9) -> Timestamp {
        Timestamp(year: 2026, month: month, day: day, hour: hour)
    }

    private func prepare(_ limit: Int64? = 100, isSoft: Bool = false) async throws -> Connection {
        let database = try await connect()
        try await database.prepareAcme(
            PlanDraft(
                slug: "pro", name: "Pro", isDefault: false, price: Money(amount: 3_000, currency: "EUR"), period: .month,
                entitlements: [
                    EntitlementGrant(key: "api_calls", kind: .metered, quantity: limit, isSoft: isSoft),
                    EntitlementGrant(key: "projects", kind: .static, quantity: 10),
                    EntitlementGrant(key: "sso", kind: .boolean, quantity: nil),
                ]), at: Self.start)
        try await database.move(to: "pro", at: Self.start)
        return database
    }

    @discardableResult
    private func record(
        _ quantity: Int64, _ key: String, of entitlement: String = "api_calls", used: Timestamp? = nil, at now: Timestamp,
        on database: Connection
    ) async throws -> Change<UsageRecord> {
        let report = UsageService.Report(entitlement: entitlement, key: key, quantity: quantity, usedAt: used)
        return try await database.change("billing", .ofTest(at: now)) {
            try UsageService.record(report, for: acme, in: $0, context: $1)
        }
    }

    private func used(at instant: Timestamp, now: Timestamp, on database: Connection) async throws -> Int64 {
        try await database.session { try UsageService.summary(of: "api_calls", for: acme, at: instant, now: now, in: $0).used }
    }

    private func verdict(_ key: String, _ quantity: Int64 = 1, at now: Timestamp, on database: Connection) async throws
        -> EntitlementVerdict
    {
        try await database.session { try EntitlementService.verdict(on: key, quantity: quantity, for: acme, at: now, in: $0) }
    }

    @discardableResult
    private func override(
        _ key: String, by grant: EntitlementGrant?, at now: Timestamp, on database: Connection
    ) async throws -> Change<EntitlementVerdict> {
        try await database.change("billing", .ofTest(at: now)) {
            try EntitlementService.override(key, by: grant, for: acme, in: $0, context: $1)
        }
    }

    @Test func `usage counts once under its key, and is told with its period`() async throws {
        let database = try await prepare()
        let recorded = try await record(40, "batch-1", at: Self.day(2, 5), on: database)
        #expect(recorded.value.quantity == 40 && recorded.value.usedAt == Self.day(2, 5) && recorded.rows.map(\.table) == ["usage_records"])
        let told: UsageRecorded = try #require(recorded.events.first).decoded()
        #expect(told.usageId == recorded.value.id && told.periodStart == Self.start && told.periodEnd == Self.day(2, 28))
        #expect(recorded.events.map(\.sequence) == [3] && recorded.events.map(\.subject) == [acme.organizationId])

        let before = try await TestDatabases.current.contents()
        for again in [
            try await record(40, "batch-1", at: Self.day(2, 6), on: database),
            try await record(40, "batch-1", used: Self.day(2, 5), at: Self.day(4, 6), on: database),
        ] { #expect(again.rows.isEmpty && again.events.isEmpty && again.value == recorded.value) }
        let taken = BillingError.usageKeyTaken("batch-1")
        await #expect(throws: taken) { try await record(41, "batch-1", at: Self.day(2, 6), on: database) }
        await #expect(throws: taken) { try await record(40, "batch-1", used: Self.day(2, 4), at: Self.day(2, 6), on: database) }
        #expect(try await TestDatabases.current.contents() == before)
    }

    @Test func `what comes late and out of order counts in the period in which it was used`() async throws {
        let database = try await prepare()
        try await database.wake(at: Self.day(4, 1))
        let now = Self.day(4, 10)
        for (key, instant) in [
            ("e", Self.day(4, 9)), ("b", Self.day(2, 28)), ("a", Self.day(2, 28, hour: 8)), ("d", Self.day(3, 31)),
            ("c", Self.day(3, 31, hour: 8)), ("f", Self.start),
        ] {
            let told: UsageRecorded = try #require(
                try await record(10, key, used: instant, at: now, on: database).events.first
            ).decoded()
            #expect(PaidPeriod(start: told.periodStart, end: told.periodEnd).contains(instant))
        }
        #expect(try await used(at: Self.day(2, 1), now: now, on: database) == 20)
        #expect(try await used(at: Self.day(3, 1), now: now, on: database) == 20)
        #expect(try await used(at: now, now: now, on: database) == 20)
        #expect(try await used(at: Self.day(5, 1), now: now, on: database) == 0)
    }

    @Test func `what was used before a worker had told billing counts, also after periods were counted anew`() async throws {
        let database = try await connect()
        let plan = try PlanDraft.priced("pro", "30 EUR")
        for draft in [PlanDraft.free, plan] { try await database.createPlan(draft) }
        try await database.hear([.created(acme.organizationId, position: 1, at: Self.start)], at: Self.start.advanced(by: .seconds(7_200)))
        let metered = EntitlementGrant(key: "api_calls", kind: .metered, quantity: 100)
        try await override("api_calls", by: metered, at: Self.day(2, 3), on: database)
        try await database.move(to: "pro", at: Self.day(2, 3))
        try await record(10, "early", used: Self.start, at: Self.day(2, 4), on: database)
        await #expect(throws: BillingError.self) {
            try await record(10, "earlier", used: Self.start.advanced(by: .seconds(-1)), at: Self.day(2, 4), on: database)
        }
    }

    @Test func `a hard limit is not passed, in each period for itself`() async throws {
        let database = try await prepare()
        try await record(90, "a", at: Self.day(2, 5), on: database)
        let before = try await TestDatabases.current.contents()
        await #expect(throws: BillingError.limitReached("api_calls", limit: 100, used: 90)) {
            try await record(11, "b", at: Self.day(2, 5), on: database)
        }
        #expect(try await TestDatabases.current.contents() == before)
        let last = try await record(10, "b", at: Self.day(2, 6), on: database)
        #expect(
            last.events.map(\.type.name) == ["saas.usage.recorded", "saas.usage.limit_reached"] && last.events.map(\.sequence) == [4, 5])
        #expect(try last.events[1].decoded(UsageLimitReached.self).limit == 100)
        // The next period has begun, though nobody has renewed it yet; that comes first.
        let renewed = try await record(50, "c", at: Self.day(3, 5), on: database)
        #expect(renewed.rows.map(\.table) == ["subscriptions", "invoices", "usage_records"])
        await #expect(throws: BillingError.limitReached("api_calls", limit: 100, used: 100)) {
            try await record(1, "late", used: Self.day(2, 7), at: Self.day(3, 6), on: database)
        }
    }

    @Test func `a soft limit is passed, and told of once`() async throws {
        let database = try await prepare(isSoft: true)
        var told: [Int] = []
        for (number, quantity) in [99, 1, 500].enumerated() {
            told.append(try await record(Int64(quantity), "k\(number)", at: Self.day(2, 5), on: database).events.count)
        }
        #expect(told == [1, 2, 1])
        #expect(try await used(at: Self.day(2, 5), now: Self.day(2, 5), on: database) == 600)
        #expect(try await verdict("api_calls", at: Self.day(2, 5), on: database).reason == .beyondSoftLimit)
    }

    @Test func `of many at once no more than the limit is recorded, and of one key one`() async throws {
        let database = try await prepare()
        let outcomes = await withTaskGroup(of: String.self) { group in
            for number in 0..<16 {
                group.addTask {
                    do {
                        // Each key twice.
                        try await self.record(15, "k\(number / 2)", at: Self.day(2, 5), on: connect())
                        return "recorded"
                    } catch { return (error as? BillingError)?.failure.code.name ?? "\(error)" }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(outcomes).subtracting(["recorded", "USAGE_LIMIT"]).isEmpty, "\(outcomes)")
        #expect(try await used(at: Self.day(2, 5), now: Self.day(2, 5), on: database) == 90)
        #expect(try await database.fetchOne("select count(*) from usage_records", as: Int.self) == 6)
    }

    @Test func `what is no usage is refused and changes nothing`() async throws {
        let database = try await prepare(nil)
        let now = Self.day(2, 5)
        let before = try await TestDatabases.current.contents()
        for (quantity, key, instant) in [
            (0, "k", nil), (-1, "k", nil), (1_000_000_000_001, "k", nil), (.max, "k", nil), (1, "", nil), (1, "two\nlines", nil),
            (1, String(repeating: "k", count: 201), nil), (1, "k", Self.day(2, 5, hour: 10)),
            (1, "k", Self.start.advanced(by: .seconds(-1))),
            (1, "k", Timestamp(year: 1, month: 1, day: 1)),
        ] as [(Int64, String, Timestamp?)] {
            let error = await #expect(throws: BillingError.self, "\(quantity) \(key)") {
                try await record(quantity, key, used: instant, at: now, on: database)
            }
            #expect(error?.failure.code.name == "USAGE_INVALID" && error?.failure.code.exit == .usage)
        }
        for entitlement in ["projects", "sso", "nosuch", ""] {
            await #expect(throws: BillingError.notMetered(entitlement, organization: "acme")) {
                try await record(1, "k", of: entitlement, at: now, on: database)
            }
        }
        #expect(try await TestDatabases.current.contents() == before)
        // Without a limit very much is nothing special.
        #expect(try await record(1_000_000_000_000, "k", at: now, on: database).events.count == 1)
        try await database.cancel(.now, at: now)
        await #expect(throws: BillingError.noActiveSubscription("acme")) { try await record(1, "l", at: now, on: database) }
    }

    @Test func `a verdict names plan version, override and usage`() async throws {
        let database = try await prepare()
        let now = Self.day(2, 5)
        try await record(60, "a", at: now, on: database)
        let metered = try await verdict("api_calls", 40, at: now, on: database)
        #expect(metered.isAllowed && metered.reason == .withinLimit && metered.used == 60 && metered.limit == 100)
        #expect(metered.plan?.slug == "pro" && metered.plan?.version == 1 && metered.planGrant?.quantity == 100 && metered.override == nil)
        #expect(metered.periodEnd == Self.day(2, 28))
        #expect(try await verdict("api_calls", 41, at: now, on: database).reason == .beyondHardLimit)
        #expect(try await verdict("api_calls", .max, at: now, on: database).isAllowed == false)
        #expect(try await verdict("projects", 10, at: now, on: database).isAllowed)
        #expect(try await verdict("projects", 11, at: now, on: database).isAllowed == false)
        #expect(try await verdict("sso", at: now, on: database).reason == .granted)
        let missing = try await verdict("nosuch", at: now, on: database)
        #expect(!missing.isAllowed && missing.reason == .notGranted && missing.kind == nil)

        try await override("api_calls", by: EntitlementGrant(key: "api_calls", kind: .metered, quantity: 500), at: now, on: database)
        let overridden = try await verdict("api_calls", 440, at: now, on: database)
        #expect(overridden.isAllowed && overridden.limit == 500 && overridden.override?.quantity == 500)
        #expect(overridden.planGrant?.quantity == 100)
        try await record(440, "b", at: now, on: database)

        try await database.cancel(.now, at: now)
        let none = try await verdict("sso", at: now, on: database)
        #expect(!none.isAllowed && none.reason == .noSubscription && none.plan == nil)
    }

    @Test func `an override is granted, told, kept over changes of the plan, and taken back`() async throws {
        let database = try await prepare()
        let now = Self.day(2, 5)
        let change = try await override(
            "projects", by: EntitlementGrant(key: "projects", kind: .static, quantity: 50), at: now, on: database)
        #expect(change.rows.map(\.table) == ["entitlement_overrides"] && change.rows.map(\.operation) == [.insert])
        let told: EntitlementsUpdated = try #require(change.events.first).decoded()
        #expect(told.version == 3 && told.entitlements.map(\.key) == ["api_calls", "projects", "sso"])
        #expect(told.entitlements[1].quantity == 50)
        try await override("audit_export", by: EntitlementGrant(key: "audit_export", kind: .boolean, quantity: nil), at: now, on: database)
        let before = try await TestDatabases.current.contents()
        let again = try await override(
            "projects", by: EntitlementGrant(key: "projects", kind: .static, quantity: 50), at: now, on: database)
        #expect(again.rows.isEmpty && again.events.isEmpty)
        #expect(try await override("nosuch", by: nil, at: now, on: database).rows.isEmpty)
        for bad in [EntitlementGrant(key: "SSO", kind: .boolean, quantity: nil), EntitlementGrant(key: "sso", kind: .static, quantity: -1)]
        {
            await #expect(throws: BillingError.self) { try await override(bad.key, by: bad, at: now, on: database) }
        }
        #expect(try await TestDatabases.current.contents() == before)

        try await database.move(to: "free", .now, at: now)
        func granted() async throws -> [String] {
            try await database.entitlements(of: acme.organizationId).map { "\($0.key) \($0.quantity ?? -1)" }
        }
        #expect(try await granted() == ["api_calls 1000", "audit_export -1", "members 5", "projects 50"])
        let removed = try await override("projects", by: nil, at: now, on: database)
        #expect(removed.rows.map(\.operation) == [.delete])
        #expect(try await granted() == ["api_calls 1000", "audit_export -1", "members 5", "projects 3"])
        // Nobody who has no subscription is granted anything.
        try await database.cancel(.now, at: now)
        #expect(try await granted().isEmpty)
        #expect(
            try await override("sso", by: EntitlementGrant(key: "sso", kind: .boolean, quantity: nil), at: now, on: database).events.isEmpty
        )
        _ = try await database.subscribe("pro", at: now)
        #expect(try await granted() == ["api_calls 100", "audit_export -1", "projects 10", "sso -1"])
    }

    @Test func `an override makes nothing of another kind than what is granted`() async throws {
        let database = try await prepare()
        let now = Self.day(2, 5)
        try await override("seats", by: EntitlementGrant(key: "seats", kind: .static, quantity: 5), at: now, on: database)
        let before = try await TestDatabases.current.contents()
        for (key, granted, wanted) in [
            ("api_calls", EntitlementKind.metered, EntitlementKind.static), ("projects", .static, .metered), ("sso", .boolean, .static),
            ("seats", .static, .boolean),
        ] {
            await #expect(throws: BillingError.entitlementKind(key, granted: granted, wanted: wanted)) {
                let grant = EntitlementGrant(key: key, kind: wanted, quantity: wanted == .boolean ? nil : 5)
                try await override(key, by: grant, at: now, on: database)
            }
        }
        #expect(try await TestDatabases.current.contents() == before)
        try await override("seats", by: nil, at: now, on: database)
        try await override("seats", by: EntitlementGrant(key: "seats", kind: .metered, quantity: 5), at: now, on: database)
    }

    @Test func `of a purged organization neither usage nor overrides are left`() async throws {
        let database = try await prepare()
        try await record(60, "a", at: Self.day(2, 5), on: database)
        try await override("sso", by: EntitlementGrant(key: "sso", kind: .boolean, quantity: nil), at: Self.day(2, 5), on: database)
        try await database.hear(
            [
                .handMade(
                    OrganizationPurged(organizationId: acme.organizationId), from: "organization", position: 2,
                    subject: acme.organizationId, organization: acme.organizationId)
            ], at: Self.day(2, 10))
        #expect(
            try await database.fetch(
                "select count(*) from usage_records union all select count(*) from entitlement_overrides", as: Int.self)
                == [0, 0])
        await #expect(throws: BillingError.organizationDeleted("acme")) { try await record(1, "b", at: Self.day(2, 11), on: database) }
    }

    @Test func `the tables refuse what no rule would let through`() async throws {
        let database = try await prepare()
        try await record(60, "a", at: Self.day(2, 5), on: database)
        for bad: SQL in [
            "insert into usage_records select gen_random_uuid(), organization_id, 'X', key, 1, used_at, recorded_at from usage_records",
            "insert into usage_records select gen_random_uuid(), organization_id, entitlement, '', 1, used_at, recorded_at from usage_records",
            "insert into usage_records select gen_random_uuid(), organization_id, entitlement, 'b', 0, used_at, recorded_at from usage_records",
            "insert into usage_records select gen_random_uuid(), organization_id, entitlement, 'b', 1, recorded_at + interval '1s', recorded_at from usage_records",
            "insert into entitlement_overrides select organization_id, 'sso', 'boolean', 1, false, now() from usage_records",
            "insert into entitlement_overrides select organization_id, 'sso', 'static', null, true, now() from usage_records",
        ] { #expect(try await database.refusal(of: bad) == .checkViolation, "\(bad.text)") }
        #expect(
            try await database.refusal(
                of: """
                    insert into usage_records select gen_random_uuid(), organization_id, entitlement, key, 1, used_at, recorded_at from usage_records
                    """) == .uniqueViolation)
        #expect(try await database.refusal(of: "update usage_records set quantity = 1") == .insufficientPrivilege)
    }
}
