import FoundationEssentials
import Identity
import Kernel
import Notification
import Organization
import OrganizationEvents
import Postgres
import TestSupport
import Testing
import Worker
import Workflow
import WorkflowEvents

/// Random deeds on the real services and on a plain model of them: both refuse and allow the same, and are the same in the end.
///
/// `SAASCTL_TEST_SEED` repeats a run, `SAASCTL_TEST_DEEDS` says how many deeds there are.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct ModelTests {
    @Test func `ten thousand deeds end as a model of them says`() async throws {
        let seed = ProcessVariables["SAASCTL_TEST_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000)
        let count = ProcessVariables["SAASCTL_TEST_DEEDS"].flatMap { Int($0) } ?? 10_000
        var random = SeededGenerator(seed: seed)
        var model = PeopleModel()
        let world = try await PeopleWorld()
        var outcomes: [String: Int] = [:]
        for number in 1...count {
            let deed = number == count ? .work : PeopleDeed.random(model, &random)
            let expected = model.apply(deed)
            let actual = try await world.perform(deed)
            guard actual == expected else {
                Issue.record("seed \(seed), deed \(number): \(deed) ended with \(actual ?? "success"), expected \(expected ?? "success")")
                return
            }
            outcomes[expected ?? "success", default: 0] += 1
        }
        await world.close()
        try await expectMembers(of: model, world, seed)
        try await expectDeletions(of: model, world, seed)
        try await expectWork(of: model, world, seed)
        try await expectNotes(of: model, world, seed)
        try await Oracle.check()
        let types = try await TestDatabases.current.expectSchemas()
        // Deeds that nothing hinders prove little.
        if count >= 10_000 {
            #expect(outcomes.count >= 20, "seed \(seed): \(outcomes)")
            #expect(types.count >= 30, "seed \(seed): \(types)")
        }
    }

    /// In the organization's database, and in workflow's cache of it.
    private func expectMembers(of model: PeopleModel, _ world: PeopleWorld, _ seed: UInt64) async throws {
        let users = await world.users.map(\.id)
        let organizations = await world.organizations.map(\.id)
        let expected = Set(
            model.organizations.indices.flatMap { place in
                model.organizations[place].members.map { "\(organizations[place].text) \(users[$0.key].text) \($0.value.rawValue)" }
            })
        let owned = try await connect("organization").values(
            "select organization_id || ' ' || user_id || ' ' || role from memberships where ended_at is null", as: String.self)
        #expect(owned.count == expected.count && Set(owned) == expected, "seed \(seed)")
        let cached = try await connect("workflow").values(
            "select organization_id || ' ' || user_id || ' ' || role from membership_cache where role is not null", as: String.self)
        #expect(cached.count == expected.count && Set(cached) == expected, "seed \(seed)")
        let enabled = Set(try await connect("identity").values("select id from users where status = 'active'", as: UUID.self))
        #expect(enabled == Set(model.users.indices.filter { model.users[$0] }.map { users[$0] }), "seed \(seed)")
        let live = try await connect("identity").value("select count(*) from sessions where ended_at is null", as: Int.self)
        #expect(live == model.sessions.count(where: \.isLive), "seed \(seed)")
    }

    /// In the organization's database, and what billing and workflow have made of it: sagas that are at their end, or wait for the grace period's.
    private func expectDeletions(of model: PeopleModel, _ world: PeopleWorld, _ seed: UInt64) async throws {
        let organizations = await world.organizations.map(\.id)
        let deleted = Set(model.organizations.indices.filter { model.organizations[$0].isDeleted }.map { organizations[$0] })
        let owned = try await connect("organization").values("select id from organizations where status = 'deleted'", as: UUID.self)
        #expect(Set(owned) == deleted, "seed \(seed)")
        let frozen = try await connect("workflow").values("select organization_id from frozen_organizations", as: UUID.self)
        #expect(Set(frozen) == deleted, "seed \(seed)")
        let subscribed = try await connect("billing").values(
            "select organization_id from subscriptions where status = 'active'", as: UUID.self)
        #expect(subscribed.count == Set(subscribed).count && Set(subscribed) == Set(organizations).subtracting(deleted), "seed \(seed)")
        let open = try await connect("organization").values(
            "select state || ' ' || organization_id from sagas where ended_at is null", as: String.self)
        #expect(open.count == deleted.count && Set(open) == Set(deleted.map { "waiting \($0.text)" }), "seed \(seed)")
    }

    private func expectWork(of model: PeopleModel, _ world: PeopleWorld, _ seed: UInt64) async throws {
        let users = await world.users.map(\.id)
        let tasks = await world.tasks.map(\.id)
        let expected = model.tasks.indices.map { index in
            let task = model.tasks[index]
            return "\(tasks[index].text) \(task.number) \(task.status.rawValue) \(task.assignee.map { users[$0].text } ?? "nobody")"
        }
        let actual = try await connect("workflow").values(
            "select id || ' ' || number || ' ' || status || ' ' || coalesce(assignee_id::text, 'nobody') from tasks", as: String.self)
        #expect(actual.count == expected.count && Set(actual) == Set(expected), "seed \(seed)")
    }

    /// Each once, in the order in which it has happened, and how many of them are unread.
    private func expectNotes(of model: PeopleModel, _ world: PeopleWorld, _ seed: UInt64) async throws {
        let notification = try await connect("notification")
        for (user, notes) in zip(await world.users, model.notes) {
            let (told, unread) = try await notification.session { session in
                (
                    try NotificationService.notifications(of: user.id, limit: 1_000_000, in: session).items,
                    try NotificationService.count(of: user.id, unread: true, in: session).count
                )
            }
            let actual = told.reversed().map { "\($0.template.rawValue) \($0.readAt == nil ? "unread" : "read")" }
            #expect(actual == notes.map { "\($0.template) \($0.isRead ? "read" : "unread")" }, "seed \(seed)")
            #expect(unread == notes.count { !$0.isRead }, "seed \(seed)")
        }
    }
}
