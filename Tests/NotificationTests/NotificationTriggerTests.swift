import Foundation
import IdentityEvents
import Kernel
import Notification
import NotificationEvents
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing
import WorkflowEvents

/// Who is told what, as docs/notification.md has it.
@Suite(.databases("notification")) struct NotificationTriggerTests {
    private static let end = OperationContext.ofTest().now.advanced(by: .seconds(3_600))

    /// Of every kind in the table one event, about user 1 where it is about a user, done by user `actor`.
    private func events(by actor: UInt64) throws -> [StoredEvent] {
        let one = UUID.numbered(1)
        let context = OperationContext.by(actor)
        return [
            try .ofUser(UserRegistered(userId: one, hasPassword: true), 1, position: 1, context),
            try .ofUser(PasswordResetRequested(userId: one, resetId: .numbered(0x5), expiresAt: Self.end), 1, position: 2, context),
            try .ofUser(PasswordChanged(userId: one, byReset: false), 1, position: 3, context),
            try .ofUser(MfaEnabled(userId: one), 1, position: 4, context), try .ofUser(MfaDisabled(userId: one), 1, position: 5, context),
            try .ofUser(RefreshTokenReuseDetected(userId: one, sessionId: .numbered(0x6)), 1, position: 6, context),
            try .ofOrganization(
                InvitationSent(organizationId: .numbered(0xA), invitationId: .numbered(0x1), role: .viewer, expiresAt: Self.end),
                position: 7, context),
            try .joined(1, position: 8, context),
            try .ofOrganization(
                RoleChanged(organizationId: .numbered(0xA), userId: one, role: .owner, formerRole: .admin), position: 9, context),
            try .ofOrganization(MemberRemoved(organizationId: .numbered(0xA), userId: one), position: 10, context),
            try .assigned(to: 1, position: 11, context),
        ]
    }

    private func hear(_ events: [StoredEvent], on database: Connection) async throws -> [PendingEvent] {
        var told: [PendingEvent] = []
        for (source, events) in Dictionary(grouping: events, by: \.source).sorted(by: { $0.key < $1.key }) {
            told += try await database.apply(events, from: source, to: NotificationConsumer())
        }
        return told
    }

    @Test func `each event of the table is told by the ways that it names`() async throws {
        let database = try await connect()
        let told = try await hear(try events(by: 2), on: database)
        let table = NotificationTrigger.all
        #expect(table.map(\.type.description) == (try events(by: 2)).map(\.type), "an event for each row")
        let notes = try await database.notes(of: .numbered(1))
        #expect(Set(notes.map(\.template)) == Set(table.filter { $0.channels.contains(.inApp) }.map(\.template)))
        #expect(notes.count == 9)
        let deliveries = try await database.deliveries()
        #expect(Set(deliveries.map(\.template)) == Set(table.filter { $0.channels.contains(.email) }.map(\.template)))
        #expect(deliveries.count == 6)
        #expect(deliveries.allSatisfy { $0.state == .due && $0.channel == .email && $0.attempts == 0 && $0.dueAt == $0.createdAt })
        #expect(
            Set(deliveries.filter { $0.recipient.kind == .invitation }.map(\.recipient.id)) == [.numbered(0x1)]
                && deliveries.filter { $0.recipient.kind == .user }.allSatisfy { $0.recipient.id == .numbered(1) })
        #expect(Set(told.map(\.type.description)) == ["saas.notification.delivered.v1", "saas.delivery.due.v1"])
        #expect(Set(told.map(\.subject)) == Set(notes.map(\.id) + deliveries.map(\.id)))
    }

    // GitHub Docs, "About notifications": "By default, you won't receive notifications for your own activity". OWASP ASVS 4.0.3, 2.2.3 and
    // 2.5.5: of changes of authentication details users are told in any case, since whoever made them may be somebody else.
    @Test func `nobody is told of the own deeds, but of what concerns the account's security`() async throws {
        let database = try await connect()
        _ = try await hear(try events(by: 1), on: database)
        let silent: Set<NotificationTemplate> = [.memberAdded, .roleChanged, .memberRemoved, .taskAssigned]
        #expect(Set(NotificationTrigger.all.filter { !$0.tellsActor && $0.template != .invitation }.map(\.template)) == silent)
        let notes = try await database.notes(of: .numbered(1))
        #expect(Set(notes.map(\.template)) == [.welcome, .passwordChanged, .mfaEnabled, .mfaDisabled, .tokenReused])
        // An address has no user who could have done it.
        #expect(try await database.deliveries().contains { $0.template == .invitation })
    }

    // Hohpe and Woolf, Enterprise Integration Patterns, "Idempotent Receiver".
    @Test func `the same events again, in any cut and order of sources, tell nobody twice`() async throws {
        let database = try await connect()
        let events = try events(by: 2)
        #expect(try await hear(events, on: database).count == 15)
        #expect(try await hear(events + events, on: database).isEmpty)
        for event in events.reversed() { #expect(try await hear([event, event], on: database).isEmpty) }
        #expect(try await database.notes(of: .numbered(1)).count == 9)
        #expect(try await database.deliveries().count == 6)
        #expect(try await database.outbox(of: "notification").count == 15)
    }

    // standardwebhooks.com, "webhook-id": it "remains the same across retries"; here also for a consumer that was restored from before.
    @Test func `what is made of an event has the same id whenever it is made`() async throws {
        let database = try await connect()
        let events = try events(by: 2)
        let first = Set(try await hear(events, on: database).map(\.subject))
        try await database.execute("delete from notifications")
        try await database.execute("delete from deliveries")
        #expect(first.count == 15)
        #expect(Set(try await hear(events, on: database).map(\.subject)) == first)
    }

    @Test func `the documentation has the same table`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/notification.md"), encoding: .utf8)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `saas.") }.map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        #expect(
            rows.map { "\($0[0]) \($0[1]) \($0[3]) \($0[2].hasSuffix("always"))" }
                == NotificationTrigger.all.map { trigger in
                    let channels = trigger.channels.map(\.rawValue).joined(separator: ", ")
                    return "`\(trigger.type.name)` `\(trigger.template.rawValue)` \(channels) \(trigger.tellsActor)"
                })
    }

    @Test func `a task that is nobody's any more is told to nobody`() async throws {
        let database = try await connect()
        #expect(try await database.hear(.assigned(to: nil, position: 1), from: "workflow").isEmpty)
    }

    @Test func `what is stored is ids, roles and times`() async throws {
        let database = try await connect()
        _ = try await hear(try events(by: 2), on: database)
        let stored: SQL = """
            select template || ' ' || data from notifications union select template || ' ' || data from deliveries order by 1
            """
        let data = try await database.fetch(stored, as: String.self)
        #expect(
            data == [
                #"invitation {"role":"viewer"}"#, #"member_added {"role":"admin"}"#, "member_removed {}", "mfa_disabled {}",
                "mfa_enabled {}", "password_changed {}", #"password_reset {"reset_id":"\#(UUID.numbered(0x5).text)"}"#,
                #"role_changed {"role":"owner","former_role":"admin"}"#, #"task_assigned {"task_id":"\#(UUID.numbered(0x7).text)"}"#,
                #"token_reused {"session_id":"\#(UUID.numbered(0x6).text)"}"#, "welcome {}",
            ])
        let ends = try await database.deliveries().filter { $0.expiresAt != nil }
        #expect(Set(ends.map(\.template)) == [.invitation, .passwordReset] && ends.allSatisfy { $0.expiresAt == Self.end })
    }

    @Test func `texts name organizations and tasks as people do, and by their ids where nobody knows them`() {
        let acme = UUID.numbered(0xA)
        let names = NotificationNames(organizations: [acme: "acme"], tasks: [.numbered(0x7): "WEB-12"])
        func text(_ template: NotificationTemplate, _ data: NotificationData, _ names: NotificationNames) -> String {
            template.text(data, organization: acme, names: names)
        }
        #expect(text(.taskAssigned, NotificationData(taskId: .numbered(0x7)), names) == "Task WEB-12 of acme is yours.")
        #expect(
            text(.taskAssigned, NotificationData(taskId: .numbered(0x7)), NotificationNames())
                == "Task \(UUID.numbered(0x7).text) of \(acme.text) is yours.")
        #expect(
            text(.roleChanged, NotificationData(role: .owner, formerRole: .admin), names) == "Your role in acme is owner now; it was admin."
        )
        #expect(Set(NotificationTemplate.allCases.map { text($0, NotificationData(), names) }).count == NotificationTemplate.allCases.count)
    }
}
