import FoundationEssentials
import IdentityEvents
public import Kernel
public import NotificationEvents
import OrganizationEvents
import Outbox
import WorkflowEvents

/// Who is told what, and by which way, where an event of a kind happens: a row of the table of triggers.
public struct NotificationTrigger: Sendable {
    public let type: EventType
    /// The service that publishes it.
    public let source: String
    public let template: NotificationTemplate
    public let channels: [NotificationChannel]
    /// Whether it is told to whoever did it, too. What concerns the security of an account is: who did it may be somebody else under that name.
    public let tellsActor: Bool
    let notice: @Sendable (StoredEvent) throws -> Notice?

    /// - Parameter notice: whom it is about; `nil` where nobody is to be told.
    private init<Event: DomainEvent>(
        _ event: Event.Type, from source: String, _ template: NotificationTemplate, by channels: [NotificationChannel],
        tellsActor: Bool = false, _ notice: @escaping @Sendable (Event) -> Notice?
    ) {
        type = Event.eventType
        self.source = source
        self.template = template
        self.channels = channels
        self.tellsActor = tellsActor
        self.notice = { notice(try $0.decode(Event.self)) }
    }

    /// Whom an event is told to, and what of it.
    struct Notice: Sendable {
        let recipient: DeliveryRecipient
        var organization: UUID?
        var data = NotificationData()
        var expiresAt: Timestamp?
    }

    /// The table of triggers. What is not in it is told to nobody.
    public static let all: [NotificationTrigger] = [
        NotificationTrigger(UserRegistered.self, from: "identity", .welcome, by: [.inApp], tellsActor: true) {
            Notice(recipient: .user($0.userId))
        },
        NotificationTrigger(PasswordResetRequested.self, from: "identity", .passwordReset, by: [.email], tellsActor: true) {
            Notice(recipient: .user($0.userId), data: NotificationData(resetId: $0.resetId), expiresAt: $0.expiresAt)
        },
        NotificationTrigger(PasswordChanged.self, from: "identity", .passwordChanged, by: [.inApp, .email], tellsActor: true) {
            Notice(recipient: .user($0.userId))
        },
        NotificationTrigger(MfaEnabled.self, from: "identity", .mfaEnabled, by: [.inApp, .email], tellsActor: true) {
            Notice(recipient: .user($0.userId))
        },
        NotificationTrigger(MfaDisabled.self, from: "identity", .mfaDisabled, by: [.inApp, .email], tellsActor: true) {
            Notice(recipient: .user($0.userId))
        },
        NotificationTrigger(RefreshTokenReuseDetected.self, from: "identity", .tokenReused, by: [.inApp, .email], tellsActor: true) {
            Notice(recipient: .user($0.userId), data: NotificationData(sessionId: $0.sessionId))
        },
        NotificationTrigger(InvitationSent.self, from: "organization", .invitation, by: [.email]) {
            Notice(
                recipient: .invitation($0.invitationId), organization: $0.organizationId, data: NotificationData(role: $0.role),
                expiresAt: $0.expiresAt)
        },
        NotificationTrigger(MemberAdded.self, from: "organization", .memberAdded, by: [.inApp]) {
            Notice(recipient: .user($0.userId), organization: $0.organizationId, data: NotificationData(role: $0.role))
        },
        NotificationTrigger(RoleChanged.self, from: "organization", .roleChanged, by: [.inApp]) {
            Notice(
                recipient: .user($0.userId), organization: $0.organizationId,
                data: NotificationData(role: $0.role, formerRole: $0.formerRole))
        },
        NotificationTrigger(MemberRemoved.self, from: "organization", .memberRemoved, by: [.inApp]) {
            Notice(recipient: .user($0.userId), organization: $0.organizationId)
        },
        NotificationTrigger(TaskAssigned.self, from: "workflow", .taskAssigned, by: [.inApp]) { event in
            event.assigneeId.map {
                Notice(recipient: .user($0), organization: event.organizationId, data: NotificationData(taskId: event.taskId))
            }
        },
    ]

    private static let byName = Dictionary(all.map { ($0.type.name, $0) }) { first, _ in first }

    /// What is to be told of a chunk, in its order.
    ///
    /// - Throws: `UnreadableEvent`.
    static func told(of chunk: EventChunk) throws -> [Told] {
        try chunk.events.compactMap { event in
            guard let name = event.eventType?.name, let trigger = byName[name], let notice = try trigger.notice(event) else { return nil }
            if !trigger.tellsActor, let recipient = notice.recipient.userId, Actor(event.actor) == .user(recipient) { return nil }
            return Told(cause: event, trigger: trigger, notice: notice)
        }
    }

    /// A notice of an event that happened.
    struct Told: Sendable {
        let cause: StoredEvent
        let trigger: NotificationTrigger
        let notice: Notice
    }
}
