/// One event of each unit of a load: a template in SQL, over what the unit provides.
///
/// `u.n` is the number of the unit, `u.a` to `u.g` are new time-ordered ids.
struct LoadedEvent: Sendable {
    /// The service whose outbox it goes to.
    let service: String
    /// With its version.
    let type: String
    let subject: String
    let sequence: Int
    /// `nil` for an event of no organization.
    let organization: String?
    /// The text of the event's data.
    let data: String
    /// In each unit of this many; what operators do is rarer than what users do.
    let every: Int

    init(
        _ service: String, _ type: String, subject: String, sequence: Int = 1, organization: String? = nil, data: String, every: Int = 1
    ) {
        self.service = service
        self.type = type
        self.subject = subject
        self.sequence = sequence
        self.organization = organization
        self.data = data
        self.every = every
    }

    /// How many of the first `units` units have it.
    func count(in units: Int) -> Int { units / every }
}

extension LoadedEvent {
    /// What `org create` tells, again and again.
    static let organizations = [
        LoadedEvent(
            "organization", "saas.organization.created.v1", subject: "u.a", organization: "u.a",
            data: #"format('{"organization_id":"%s","owner_id":"%s"}', u.a, u.b)"#),
        LoadedEvent(
            "organization", "saas.member.added.v1", subject: "u.a", sequence: 2, organization: "u.a",
            data: #"format('{"organization_id":"%s","user_id":"%s","role":"owner"}', u.a, u.b)"#),
    ]

    /// Every type that there is. Organizations and entitlements are of different organizations, because billing numbers the entitlements of
    /// those that it hears of itself.
    static let mixed =
        organizations + [
            LoadedEvent(
                "organization", "saas.role.changed.v1", subject: "u.a", sequence: 3, organization: "u.a",
                data: #"format('{"organization_id":"%s","user_id":"%s","role":"admin","former_role":"owner"}', u.a, u.b)"#, every: 100),
            LoadedEvent(
                "organization", "saas.member.removed.v1", subject: "u.a", sequence: 4, organization: "u.a",
                data: #"format('{"organization_id":"%s","user_id":"%s"}', u.a, u.b)"#, every: 100),
            LoadedEvent(
                "organization", "saas.organization.renamed.v1", subject: "u.a", sequence: 5, organization: "u.a",
                data: #"format('{"organization_id":"%s"}', u.a)"#, every: 100),
            LoadedEvent(
                "organization", "saas.slug.changed.v1", subject: "u.a", sequence: 6, organization: "u.a",
                data: #"format('{"organization_id":"%s"}', u.a)"#, every: 100),
            LoadedEvent(
                "organization", "saas.invitation.sent.v1", subject: "u.a", sequence: 7, organization: "u.a",
                data: """
                    format('{"organization_id":"%s","invitation_id":"%s","role":"member","expires_at":"2026-01-08T00:00:00Z"}', u.a, u.c)
                    """, every: 100),
            LoadedEvent(
                "organization", "saas.invitation.accepted.v1", subject: "u.a", sequence: 8, organization: "u.a",
                data: #"format('{"organization_id":"%s","invitation_id":"%s","user_id":"%s"}', u.a, u.c, u.b)"#, every: 100),
            LoadedEvent(
                "organization", "saas.invitation.rejected.v1", subject: "u.a", sequence: 9, organization: "u.a",
                data: #"format('{"organization_id":"%s","invitation_id":"%s"}', u.a, u.c)"#, every: 100),
            LoadedEvent(
                "organization", "saas.invitation.revoked.v1", subject: "u.a", sequence: 10, organization: "u.a",
                data: #"format('{"organization_id":"%s","invitation_id":"%s"}', u.a, u.c)"#, every: 100),
            LoadedEvent(
                "organization", "saas.invitation.expired.v1", subject: "u.a", sequence: 11, organization: "u.a",
                data: #"format('{"organization_id":"%s","invitation_id":"%s"}', u.a, u.c)"#, every: 100),
            LoadedEvent(
                "organization", "saas.invitation.reopened.v1", subject: "u.a", sequence: 12, organization: "u.a",
                data: #"format('{"organization_id":"%s","invitation_id":"%s"}', u.a, u.c)"#, every: 100),
            LoadedEvent(
                "organization", "saas.organization.deleted.v1", subject: "u.a", sequence: 13, organization: "u.a",
                data: #"format('{"organization_id":"%s","saga_id":"%s","purge_at":"2026-01-08T00:00:00Z"}', u.a, u.c)"#, every: 100),
            LoadedEvent(
                "organization", "saas.organization.restored.v1", subject: "u.a", sequence: 14, organization: "u.a",
                data: #"format('{"organization_id":"%s"}', u.a)"#, every: 100),
            LoadedEvent(
                "organization", "saas.organization.purged.v1", subject: "u.a", sequence: 15, organization: "u.a",
                data: #"format('{"organization_id":"%s"}', u.a)"#, every: 100),
            LoadedEvent(
                "identity", "saas.user.registered.v1", subject: "u.a", data: #"format('{"user_id":"%s","has_password":true}', u.a)"#),
            LoadedEvent(
                "identity", "saas.user.logged_in.v1", subject: "u.a", sequence: 2,
                data: #"format('{"user_id":"%s","session_id":"%s","factors":["password","totp"]}', u.a, u.b)"#, every: 100),
            LoadedEvent(
                "identity", "saas.user.logged_out.v1", subject: "u.a", sequence: 3,
                data: #"format('{"user_id":"%s","session_id":"%s"}', u.a, u.b)"#, every: 100),
            LoadedEvent(
                "identity", "saas.refresh_token.reuse_detected.v1", subject: "u.a", sequence: 4,
                data: #"format('{"user_id":"%s","session_id":"%s"}', u.a, u.c)"#, every: 100),
            LoadedEvent(
                "identity", "saas.session.revoked.v1", subject: "u.a", sequence: 5,
                data: #"format('{"user_id":"%s","session_id":"%s","cause":"reuse"}', u.a, u.c)"#, every: 100),
            LoadedEvent(
                "identity", "saas.password_reset.requested.v1", subject: "u.a", sequence: 6,
                data: #"format('{"user_id":"%s","reset_id":"%s","expires_at":"2026-01-08T00:00:00Z"}', u.a, u.d)"#, every: 100),
            LoadedEvent(
                "identity", "saas.password.changed.v1", subject: "u.a", sequence: 7,
                data: #"format('{"user_id":"%s","by_reset":true}', u.a)"#, every: 100),
            LoadedEvent(
                "identity", "saas.mfa.enabled.v1", subject: "u.a", sequence: 8,
                data: #"format('{"user_id":"%s"}', u.a)"#, every: 100),
            LoadedEvent(
                "identity", "saas.mfa.disabled.v1", subject: "u.a", sequence: 9,
                data: #"format('{"user_id":"%s"}', u.a)"#, every: 100),
            LoadedEvent(
                "identity", "saas.user.disabled.v1", subject: "u.a", sequence: 10,
                data: #"format('{"user_id":"%s"}', u.a)"#, every: 100),
            LoadedEvent(
                "identity", "saas.user.enabled.v1", subject: "u.a", sequence: 11,
                data: #"format('{"user_id":"%s"}', u.a)"#, every: 100),
            LoadedEvent(
                "identity", "saas.user.erased.v1", subject: "u.a", sequence: 12,
                data: #"format('{"user_id":"%s"}', u.a)"#, every: 100),
            LoadedEvent(
                "billing", "saas.plan.created.v1", subject: "u.a", data: #"format('{"plan_id":"%s","slug":"load-%s"}', u.a, u.a)"#),
            LoadedEvent(
                "billing", "saas.plan.version_published.v1", subject: "u.a", sequence: 2,
                data: """
                    format('{"plan_id":"%s","plan_version_id":"%s","number":1,"price":{"amount":1999,"currency":"EUR"},"period":"month"}', \
                    u.a, u.b)
                    """),
            LoadedEvent(
                "billing", "saas.plan.retired.v1", subject: "u.a", sequence: 3, data: #"format('{"plan_id":"%s"}', u.a)"#, every: 100),
            LoadedEvent(
                "billing", "saas.subscription.activated.v1", subject: "u.c", organization: "u.d",
                data: """
                    format('{"subscription_id":"%s","organization_id":"%s","plan_id":"%s","plan_version_id":"%s",'
                        '"price":{"amount":1999,"currency":"EUR"},"period":"month","period_start":"2026-01-01T00:00:00Z",'
                        '"period_end":"2026-02-01T00:00:00Z"}', u.c, u.d, u.a, u.b)
                    """),
            LoadedEvent(
                "billing", "saas.subscription.changed.v1", subject: "u.c", sequence: 2, organization: "u.d",
                data: """
                    format('{"subscription_id":"%s","organization_id":"%s","former_plan_version_id":"%s","plan_id":"%s","plan_version_id":"%s",'
                        '"price":{"amount":2999,"currency":"EUR"},"period":"month","period_start":"2026-01-01T00:00:00Z",'
                        '"period_end":"2026-02-01T00:00:00Z","effective_at":"2026-01-15T00:00:00Z"}', u.c, u.d, u.b, u.a, u.e)
                    """, every: 100),
            LoadedEvent(
                "billing", "saas.subscription.renewed.v1", subject: "u.c", sequence: 3, organization: "u.d",
                data: """
                    format('{"subscription_id":"%s","organization_id":"%s","plan_version_id":"%s","period_start":"2026-02-01T00:00:00Z",'
                        '"period_end":"2026-03-01T00:00:00Z"}', u.c, u.d, u.e)
                    """, every: 100),
            LoadedEvent(
                "billing", "saas.subscription.scheduled.v1", subject: "u.c", sequence: 4, organization: "u.d",
                data: """
                    format('{"subscription_id":"%s","organization_id":"%s","action":"end","effective_at":"2026-03-01T00:00:00Z"}', u.c, u.d)
                    """, every: 100),
            LoadedEvent(
                "billing", "saas.invoice.finalized.v1", subject: "u.g", organization: "u.d",
                data: """
                    format('{"invoice_id":"%s","organization_id":"%s","subscription_id":"%s","kind":"invoice","number":1,'
                        '"total":{"amount":1999,"currency":"EUR"},"period_start":"2026-01-01T00:00:00Z",'
                        '"period_end":"2026-02-01T00:00:00Z"}', u.g, u.d, u.c)
                    """, every: 100),
            LoadedEvent(
                "billing", "saas.subscription.cancelled.v1", subject: "u.c", sequence: 5, organization: "u.d",
                data: #"format('{"subscription_id":"%s","organization_id":"%s"}', u.c, u.d)"#, every: 100),
            LoadedEvent(
                "billing", "saas.subscription.reactivated.v1", subject: "u.c", sequence: 6, organization: "u.d",
                data: #"format('{"subscription_id":"%s","organization_id":"%s"}', u.c, u.d)"#, every: 100),
            LoadedEvent(
                "billing", "saas.subscription.purged.v1", subject: "u.c", sequence: 7, organization: "u.d",
                data: #"format('{"subscription_id":"%s","organization_id":"%s"}', u.c, u.d)"#, every: 100),
            LoadedEvent(
                "billing", "saas.entitlements.updated.v1", subject: "u.d", organization: "u.d",
                data: """
                    format('{"organization_id":"%s","version":1,"entitlements":[{"key":"projects","kind":"static","quantity":3},'
                        '{"key":"seats","kind":"static","quantity":5},{"key":"sso","kind":"boolean"}]}', u.d)
                    """),
            LoadedEvent(
                "billing", "saas.usage.recorded.v1", subject: "u.d", sequence: 2, organization: "u.d",
                data: """
                    format('{"organization_id":"%s","usage_id":"%s","entitlement":"api_calls","quantity":250,"used_at":"2026-01-05T00:00:00Z",'
                        '"period_start":"2026-01-01T00:00:00Z","period_end":"2026-02-01T00:00:00Z"}', u.d, u.e)
                    """, every: 100),
            LoadedEvent(
                "billing", "saas.usage.limit_reached.v1", subject: "u.d", sequence: 3, organization: "u.d",
                data: """
                    format('{"organization_id":"%s","entitlement":"api_calls","limit":1000,"is_soft":false,'
                        '"period_start":"2026-01-01T00:00:00Z","period_end":"2026-02-01T00:00:00Z"}', u.d)
                    """, every: 100),
            LoadedEvent(
                "workflow", "saas.project.created.v1", subject: "u.a", organization: "u.b",
                data: #"format('{"project_id":"%s","organization_id":"%s"}', u.a, u.b)"#),
            LoadedEvent(
                "workflow", "saas.project.archived.v1", subject: "u.a", sequence: 2, organization: "u.b",
                data: #"format('{"project_id":"%s","organization_id":"%s"}', u.a, u.b)"#, every: 100),
            LoadedEvent(
                "workflow", "saas.task.created.v1", subject: "u.c", organization: "u.d",
                data: """
                    format('{"task_id":"%s","project_id":"%s","organization_id":"%s","number":%s,"status":"todo","priority":"none"}', \
                    u.c, u.a, u.d, u.n)
                    """, every: 100),
            LoadedEvent(
                "workflow", "saas.task.assigned.v1", subject: "u.c", sequence: 2, organization: "u.d",
                data: #"format('{"task_id":"%s","organization_id":"%s","assignee_id":"%s"}', u.c, u.d, u.a)"#, every: 100),
            LoadedEvent(
                "workflow", "saas.task.status_changed.v1", subject: "u.c", sequence: 3, organization: "u.d",
                data: """
                    format('{"task_id":"%s","organization_id":"%s","from":"todo","to":"done","is_completed":true}', u.c, u.d)
                    """, every: 100),
            LoadedEvent(
                "workflow", "saas.task.updated.v1", subject: "u.c", sequence: 4, organization: "u.d",
                data: #"format('{"task_id":"%s","organization_id":"%s","fields":["title","due"]}', u.c, u.d)"#, every: 100),
            LoadedEvent(
                "notification", "saas.notification.delivered.v1", subject: "u.a",
                data: #"format('{"notification_id":"%s","user_id":"%s","channel":"in_app"}', u.a, u.b)"#),
            LoadedEvent(
                "notification", "saas.notification.read.v1", subject: "u.a", sequence: 2,
                data: #"format('{"notification_id":"%s","user_id":"%s"}', u.a, u.b)"#, every: 100),
            LoadedEvent(
                "notification", "saas.delivery.due.v1", subject: "u.c",
                data: #"format('{"delivery_id":"%s","channel":"email","attempts":0}', u.c)"#, every: 100),
            LoadedEvent(
                "analytics", "saas.read_model.started.v1", subject: "u.a",
                data: #"format('{"read_model_id":"%s","name":"load-%s","generation":1}', u.a, u.n)"#, every: 100),
            LoadedEvent(
                "audit", "saas.audit.head_published.v1", subject: "u.a",
                data: #"format('{"tree_size":"%s","root_hash":"%s"}', u.n, encode(sha256(uuid_send(u.a)), 'hex'))"#, every: 100),
        ]
        + ["organization", "billing", "workflow", "notification", "audit", "analytics"].flatMap { service in
            [
                LoadedEvent(
                    service, "saas.letter.discarded.v1", subject: "u.b",
                    data: """
                        format('{"consumer":"\(service)","source":"organization","event_id":"%s",'
                            '"event_type":"saas.organization.created.v1","attempts":10}', u.b)
                        """, every: 100),
                LoadedEvent(
                    service, "saas.lane.rebased.v1", subject: "u.e",
                    data: #"format('{"consumer":"\#(service)","source":"organization","position":%s,"applied":0}', u.n)"#, every: 100),
                LoadedEvent(
                    service, "saas.consumer.replayed.v1", subject: "u.f",
                    data: #"format('{"consumer":"\#(service)","events":%s,"removed":0,"added":0,"changed":0}', u.n)"#, every: 100),
            ]
        }
        + [
            LoadedEvent(
                "organization", "saas.saga_step.requested.v1", subject: "u.b", sequence: 2, organization: "u.d",
                data: """
                    format('{"saga_id":"%s","step_id":"%s","organization_id":"%s","action":"cancel_subscription","is_undo":false,"request":1}', \
                    u.c, u.b, u.d)
                    """, every: 100)
        ]
        + [("organization", 3), ("billing", 2), ("workflow", 2)].flatMap { service, sequence in
            [
                LoadedEvent(
                    service, "saas.saga_step.completed.v1", subject: "u.b", sequence: sequence, organization: "u.d",
                    data: #"format('{"saga_id":"%s","step_id":"%s","organization_id":"%s","request":1}', u.c, u.b, u.d)"#, every: 100),
                LoadedEvent(
                    service, "saas.saga_step.failed.v1", subject: "u.b", sequence: sequence + 1, organization: "u.d",
                    data: """
                        format('{"saga_id":"%s","step_id":"%s","organization_id":"%s","request":1,"code":"SUBSCRIPTION_EXISTS"}', u.c, u.b, u.d)
                        """, every: 100),
            ]
        }
}
