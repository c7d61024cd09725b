import Postgres

extension OracleReader {
    var notificationModels: [OracleModel] {
        // Of a user who is erased nothing is left, and of an organization that is purged.
        let isLeft: SQL = """
            user_id not in (select subject from oracle_due where type like 'saas.user.erased.v%')
            and (organization_id is null
                or organization_id not in (select subject from oracle_due where type like 'saas.organization.purged.v%'))
            """
        let notices: SQL = """
            (select e.id, (e.data ->> t.recipient)::uuid as user_id, (e.data ->> 'organization_id')::uuid as organization_id, t.template, e.time,
                t.in_app, t.email
            from oracle_due as e join (values
                ('saas.user.registered', 'welcome', 'user_id', true, true, false),
                ('saas.password_reset.requested', 'password_reset', 'user_id', true, false, true),
                ('saas.password.changed', 'password_changed', 'user_id', true, true, true),
                ('saas.mfa.enabled', 'mfa_enabled', 'user_id', true, true, true),
                ('saas.mfa.disabled', 'mfa_disabled', 'user_id', true, true, true),
                ('saas.refresh_token.reuse_detected', 'token_reused', 'user_id', true, true, true),
                ('saas.invitation.sent', 'invitation', 'invitation_id', true, false, true),
                ('saas.member.added', 'member_added', 'user_id', false, true, false),
                ('saas.role.changed', 'role_changed', 'user_id', false, true, false),
                ('saas.member.removed', 'member_removed', 'user_id', false, true, false),
                ('saas.task.assigned', 'task_assigned', 'assignee_id', false, true, false)
            ) as t (type, template, recipient, tells_actor, in_app, email) on regexp_replace(e.type, '[.]v[0-9]+$', '') = t.type
            where e.data ->> t.recipient is not null and (t.tells_actor or e.actor <> 'user:' || (e.data ->> t.recipient))) as notices
            """
        let told: SQL = """
            (select subject, type, organization_id, (data ->> 'user_id')::uuid as user_id from oracle_told
            where type like 'saas.notification.%') as told
            """
        return [
            OracleModel(
                name: "notifications",
                due: "select id, user_id, template, time from \(fragment: notices) where in_app and \(fragment: isLeft)",
                there: "select event_id, user_id, template, created_at from notifications"),
            OracleModel(
                name: "deliveries",
                due: "select id, user_id, template, time from \(fragment: notices) where email and \(fragment: isLeft)",
                there: "select event_id, recipient_id, template, created_at from deliveries where channel = 'email'"),
            OracleModel(
                name: "events of notifications", due: "select id, user_id from notifications",
                there: """
                    select subject, user_id from \(fragment: told)
                    where type like 'saas.notification.delivered.v%' and \(fragment: isLeft)
                    """),
            OracleModel(
                name: "events of reading", due: "select id, user_id from notifications where read_at is not null",
                there: """
                    select subject, user_id from \(fragment: told) where type like 'saas.notification.read.v%' and \(fragment: isLeft)
                    """),
            OracleModel(
                name: "events of deliveries", due: "select id from deliveries",
                there: """
                    select d.id from deliveries as d join (
                        select subject, max(sequence) as sequence from oracle_told where type like 'saas.delivery.due.v%' group by 1
                    ) as told on told.subject = d.id
                    where d.event_sequence - told.sequence in (select step - 1 from \(fragment: Oracle.steps) as steps (step))
                    """),
        ]
    }
}
