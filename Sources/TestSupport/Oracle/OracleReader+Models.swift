import Postgres

/// The recomputation of each read model, from `oracle_due` (what was to be applied) and `oracle_told` (what the service said).
extension OracleReader {
    /// Names of types that the service tells of its own effects.
    var tells: [String] {
        switch effects {
        case .billing:
            [
                "saas.subscription.activated", "saas.subscription.changed", "saas.subscription.renewed", "saas.subscription.scheduled",
                "saas.subscription.cancelled", "saas.subscription.reactivated", "saas.subscription.purged", "saas.invoice.finalized",
                "saas.usage.recorded",
                "saas.entitlements.updated", "saas.saga_step.completed", "saas.saga_step.failed",
            ]
        case .sagas: ["saas.saga_step.requested", "saas.saga_step.completed"]
        case .freezes: ["saas.saga_step.completed", "saas.saga_step.failed"]
        case .notifications: ["saas.notification.delivered", "saas.notification.read", "saas.delivery.due"]
        case .analytics: ["saas.read_model.started"]
        case .workflow: ["saas.task.assigned"]
        case .log, .ledger, .unknown: []
        }
    }

    var models: [OracleModel] {
        switch effects {
        case .analytics: analyticsModels
        case .billing: billingModels
        case .workflow: workflowModels
        case .notifications: notificationModels
        case .sagas: sagaModels
        case .freezes: freezeModels
        case .ledger(let table): ledgerModels(table)
        case .log, .unknown: []
        }
    }

    private var billingModels: [OracleModel] {
        [
            OracleModel(
                name: "subscribers",
                due: """
                    select distinct subject from oracle_due
                    where type like 'saas.organization.created.v%' and subject not in (\(fragment: Self.purged))
                    """,
                there: "select distinct organization_id from subscriptions"),
            OracleModel(
                name: "beginnings",
                due: """
                    select distinct on (1) subject, time from oracle_due
                    where type like 'saas.organization.created.v%' and subject not in (\(fragment: Self.purged)) order by 1, sequence
                    """,
                there: """
                    select distinct on (1) (data ->> 'organization_id')::uuid, (data ->> 'period_start')::timestamptz from oracle_told
                    where type like 'saas.subscription.activated.v%'
                        and (data ->> 'organization_id')::uuid not in (\(fragment: Self.purged)) order by 1, position
                    """),
            OracleModel(
                name: "subscriptions",
                due: """
                    select distinct on (1) subject, (data ->> 'period_start')::timestamptz from oracle_told
                    where data ->> 'period_start' is not null and subject in (\(fragment: Self.countedOn)) order by 1, sequence desc
                    """,
                there: "select id, period_start from subscriptions where id in (\(fragment: Self.countedOn))"),
            OracleModel(
                name: "periods",
                due: """
                    select s.id, case when \(fragment: Self.passing) then greatest(told.period_end, s.period_end) else told.period_end end
                    from subscriptions as s join plan_versions as v on v.id = s.plan_version_id join (
                        select distinct on (1) subject, coalesce(data ->> 'period_end', data ->> 'effective_at')::timestamptz as period_end
                        from oracle_told where coalesce(data ->> 'period_end', data ->> 'effective_at') is not null
                            and subject in (\(fragment: Self.ongoing)) order by 1, sequence desc
                    ) as told on told.subject = s.id
                    """,
                there: "select id, period_end from subscriptions where id in (\(fragment: Self.ongoing))"),
            OracleModel(
                name: "invoices",
                due: """
                    select subject, (data ->> 'organization_id')::uuid, (data ->> 'number')::bigint, (data -> 'total' ->> 'amount')::bigint
                    from oracle_told where type like 'saas.invoice.finalized.v%'
                    """,
                there: "select id, organization_id, number, amount from invoices"),
            OracleModel(
                name: "usage",
                due: """
                    select (data ->> 'usage_id')::uuid, subject, (data ->> 'quantity')::bigint, (data ->> 'used_at')::timestamptz from oracle_told
                    where type like 'saas.usage.recorded.v%' and subject not in (\(fragment: Self.purged))
                    """,
                there: "select id, organization_id, quantity, used_at from usage_records"),
            OracleModel(
                name: "numbers of invoices", due: "select organization_id, generate_series(1, count(*)) from invoices group by 1",
                there: "select organization_id, number from invoices"),
            OracleModel(
                name: "entitlements",
                due: """
                    select s.organization_id, e.key, e.kind, e.quantity, e.is_soft
                    from subscriptions as s join plan_entitlements as e using (plan_version_id)
                    where (s.status = 'active' or s.cancelled_by is not null) and not exists (
                        select from entitlement_overrides as o where o.organization_id = s.organization_id and o.key = e.key)
                    union all select organization_id, key, kind, quantity, is_soft from entitlement_overrides where organization_id in (
                        select organization_id from subscriptions where status = 'active' or cancelled_by is not null)
                    """,
                there: "select organization_id, key, kind, quantity, is_soft from entitlements"),
            OracleModel(
                name: "events of subscriptions", due: "select id, organization_id from subscriptions",
                there: """
                    select subject, (data ->> 'organization_id')::uuid from oracle_told where type like 'saas.subscription.activated.v%'
                        and (data ->> 'organization_id')::uuid not in (\(fragment: Self.purged))
                    """),
            OracleModel(
                name: "states of subscriptions",
                due: """
                    select subject, status from (
                        select distinct on (1) subject, case when type like '%.cancelled.v%' then 'cancelled' else 'active' end as status,
                            type like '%.purged.v%' as is_purged
                        from oracle_told where type like 'saas.subscription.%' order by 1, sequence desc) as last
                    where not is_purged
                    """,
                there: "select id, status from subscriptions"),
            answers(to: "cancel_subscription"),
            OracleModel(
                name: "events of entitlements",
                due: "select organization_id from entitlement_sets",
                there: """
                    select subject from (
                        select subject, max((data ->> 'version')::bigint) as version from oracle_told
                        where type like 'saas.entitlements.updated.v%' group by 1) as told
                    left join entitlement_sets as s on s.organization_id = told.subject
                    where s is null or s.version - told.version in (select step - 1 from \(fragment: Oracle.steps) as steps (step))
                    """),
            OracleModel(
                name: "numbers of events of entitlements", due: "select null::uuid, null::bigint where false",
                there: """
                    select subject, version from (
                        select subject, version, version - lag(version, 1, 0) over (partition by subject order by version) as step from (
                            select subject, (data ->> 'version')::bigint as version
                            from oracle_told where type like 'saas.entitlements.updated.v%') as told) as s
                    where step not in \(fragment: Oracle.steps)
                    """),
        ]
    }

    private var workflowModels: [OracleModel] {
        let newest: SQL = """
            (select distinct on (1) (data ->> 'organization_id')::uuid as organization_id, (data ->> 'version')::bigint as version, data
            from oracle_due where type like 'saas.entitlements.updated.v%' order by 1, 2 desc) as newest
            """
        return [
            OracleModel(
                name: "membership_cache",
                due: """
                    select distinct on (1, 2) (data ->> 'organization_id')::uuid, (data ->> 'user_id')::uuid, data ->> 'role', sequence
                    from oracle_due where (type like 'saas.member.%' or type like 'saas.role.changed.v%')
                        and subject not in (\(fragment: Self.purged)) order by 1, 2, sequence desc
                    """,
                there: "select organization_id, user_id, role, sequence from membership_cache"),
            OracleModel(
                name: "entitlement_set_cache", due: "select organization_id, version from \(fragment: newest)",
                there: "select organization_id, version from entitlement_set_cache"),
            OracleModel(
                name: "entitlement_cache",
                due: """
                    select organization_id, e ->> 'key', e ->> 'kind',
                        case when e ->> 'is_soft' is null then (e ->> 'quantity')::bigint end
                    from \(fragment: newest), json_array_elements(data -> 'entitlements') as e
                    """,
                there: "select organization_id, key, kind, quantity from entitlement_cache"),
            OracleModel(
                name: "assignees",
                due: """
                    select subject, assignee from (
                        select distinct on (1) subject, (data ->> 'assignee_id')::uuid as assignee from oracle_told
                        where (data ->> 'organization_id')::uuid not in (\(fragment: Self.purged)) order by 1, sequence desc
                    ) as last where assignee is not null
                    """,
                there: "select id, assignee_id from tasks where assignee_id is not null"),
            OracleModel(
                name: "projects of what is purged", due: "select ''::text where false",
                there: """
                    select key from projects where organization_id in (\(fragment: Self.purged))
                    union all select 'not noted ' || subject from oracle_due where type like 'saas.organization.purged.v%'
                        and subject not in (select organization_id from frozen_organizations where is_purged)
                    """),
            OracleModel(
                name: "open tasks of strangers", due: "select ''::text where false",
                there: """
                    select p.key || '-' || t.number from tasks as t join projects as p on p.id = t.project_id
                    where t.assignee_id is not null and t.status not in ('done', 'cancelled')
                        and (t.organization_id, t.assignee_id) not in (
                            select organization_id, user_id from membership_cache where role is not null)
                    """),
        ]
    }

    /// Steps are as the last request has them, and done where that was answered so.
    private var sagaModels: [OracleModel] {
        let newest: SQL = """
            (select distinct on (1) subject, (data ->> 'request')::int as request, (data ->> 'is_undo')::boolean as is_undo
            from oracle_told where type like 'saas.saga_step.requested.v%' order by 1, 2 desc) as newest
            """
        return [
            OracleModel(
                name: "requests of steps", due: "select * from \(fragment: newest)", there: "select id, requests, is_undo from saga_steps"),
            OracleModel(
                name: "steps that are done",
                due: """
                    select distinct subject from \(fragment: newest) join oracle_due as answer using (subject)
                    where answer.type like 'saas.saga_step.completed.v%' and (answer.data ->> 'request')::int = newest.request
                    """,
                there: "select id from saga_steps where state = 'done'"),
            OracleModel(
                name: "what is left of what is purged", due: "select ''::text where false",
                there: """
                    select slug from organizations as o where status = 'purged' and (name is not null
                        or exists (select from memberships where organization_id = o.id)
                        or exists (select from invitations where organization_id = o.id))
                    """),
            OracleModel(
                name: "disabled_users",
                due: """
                    select subject from (
                        select distinct on (1) subject, type like 'saas.user.enabled.v%' as is_enabled from oracle_due
                        where type like 'saas.user.%' order by 1, sequence desc) as last
                    where not is_enabled
                    """,
                there: "select user_id from disabled_users"),
            OracleModel(
                name: "members who are erased", due: "select ''::text where false",
                there: """
                    select o.slug from memberships as m join organizations as o on o.id = m.organization_id
                    where m.ended_at is null and m.user_id in (\(fragment: Self.erased))
                    """),
            answers(to: "revoke_invitations"),
        ]
    }

    private var freezeModels: [OracleModel] {
        [
            OracleModel(
                name: "frozen_organizations",
                due: """
                    select organization_id from (
                        select distinct on (1) (data ->> 'organization_id')::uuid, (data ->> 'is_undo')::boolean from oracle_due
                        where data ->> 'action' = 'freeze_projects' order by 1, position desc) as last (organization_id, is_undo)
                    where not is_undo and organization_id not in (select organization_id from frozen_organizations where is_purged)
                    """,
                there: "select organization_id from frozen_organizations where not is_purged"),
            OracleModel(
                name: "frozen projects",
                due: "select id from projects where organization_id in (select organization_id from frozen_organizations)",
                there: "select id from projects where is_frozen"),
            answers(to: "freeze_projects"),
        ]
    }

    /// Each request has one answer.
    private func answers(to action: String) -> OracleModel {
        OracleModel(
            name: "answers to \(action)",
            due: """
                select subject, (data ->> 'request')::int from oracle_due
                where type like 'saas.saga_step.requested.v%' and data ->> 'action' = \(action)
                """,
            there: """
                select subject, (data ->> 'request')::int from oracle_told
                where type like 'saas.saga_step.completed.v%' or type like 'saas.saga_step.failed.v%'
                """)
    }

    private static let erased: SQL = "select subject from oracle_due where type like 'saas.user.erased.v%'"
    /// Subscriptions that are not over, unless a deletion has ended them.
    private static let ongoing: SQL = "select id from subscriptions where status = 'active' or cancelled_by is not null"
    /// Those of them whose every period is told of. Where a plan costs nothing, periods just pass, and what is planned tells of the end alone.
    private static let countedOn: SQL = """
        select s.id from subscriptions as s join plan_versions as v on v.id = s.plan_version_id
        where (s.status = 'active' or s.cancelled_by is not null) and (v.amount > 0
            or s.id not in (select subject from oracle_told where type like 'saas.subscription.scheduled.v%'))
        """
    /// Of a plan that costs nothing, with nothing planned: its periods pass untold, and who comes late finds several of them passed.
    private static let passing: SQL = "v.amount = 0 and s.next_plan_version_id is null and not s.ends_with_period"
    static let purged: SQL = "select subject from oracle_due where type like 'saas.organization.purged.v%'"

    private func ledgerModels(_ table: String) -> [OracleModel] {
        [
            OracleModel(
                name: table, due: "select source, position from oracle_due", there: "select source, position from \(identifier: table)"),
            OracleModel(
                name: "order of \(table)", due: "select ''::text where false",
                there: """
                    select l.source || ' ' || l.position from (
                        select t.source, t.position,
                            e.sequence < lag(e.sequence) over (partition by e.source, e.subject order by t.nth) as is_late
                        from \(identifier: table) as t join oracle_due as e using (source, position)) as l where l.is_late
                    """),
        ]
    }
}
