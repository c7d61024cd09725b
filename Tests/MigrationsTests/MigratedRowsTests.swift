import Postgres
import Testing

@testable import Migrations

/// What a migration makes of the rows that it finds. Fresh databases have none.
@Suite struct MigratedRowsTests {
    /// A database as it was before a migration, with these rows, and then after all.
    private func migrated(_ service: String, before number: Int, rows: String, then query: String) async throws -> [String] {
        let connection = try await ScratchCluster.shared.database().open()
        let former = MigrationSet(
            checked: MigrationSet.embedded.migrations.filter { $0.component != service || $0.number < number })
        _ = try await MigrationRunner(service: service, set: former).migrate(connection)
        try await connection.session { try $0.script(rows) }
        #expect(try await MigrationRunner(service: service).migrate(connection).steps.first?.number == number)
        return try await connection.session { try $0.all(Query<String>(SQL(unsafeRaw: query))) }
    }

    @Test func `times of tasks become arrays beside what they are counted in`() async throws {
        let rows = """
            insert into task_days (organization_id, day, project_id, created, completed, reopened, cancelled, cycle_tasks, cycle_seconds, lead_seconds)
              select md5(o::text)::uuid, day, md5('of' || o)::uuid, 5, 3, 0, 0, 1, 60, 600
              from generate_series(1, 2) as o, unnest('{2026-01-31, 2026-02-01}'::date[]) as d (day);
            insert into task_days
              values (md5('3')::uuid, '2026-02-01', md5('of3')::uuid, 1, 0, 0, 0, 0, 0, 0);
            insert into task_times
              values (md5('1')::uuid, '2026-01-31', md5('of1')::uuid, 'lead', 300, 1), (md5('1')::uuid, '2026-01-31', md5('of1')::uuid, 'lead', 7, 2),
                (md5('1')::uuid, '2026-01-31', md5('of1')::uuid, 'cycle', 44, 1), (md5('2')::uuid, '2026-02-01', md5('of2')::uuid, 'lead', 9, 3);
            insert into task_months select organization_id, date_trunc('month', day::timestamp)::date, project_id, created, completed, reopened, cancelled,
                cycle_tasks, cycle_seconds, lead_seconds from task_days;
            insert into task_month_times select organization_id, date_trunc('month', day::timestamp)::date, project_id, measure, class, tasks from task_times;
            """
        func query(_ table: String) -> String {
            """
            select concat_ws(' ', o, day, created, cycle_classes, cycle_counts, lead_classes, lead_counts)
            from \(table) join generate_series(1, 3) as o on organization_id = md5(o::text)::uuid order by o, day
            """
        }
        #expect(
            try await migrated("analytics", before: 6, rows: rows, then: query("task_days")) == [
                "1 2026-01-31 5 {44} {1} {7,300} {2,1}", "1 2026-02-01 5 {} {} {} {}", "2 2026-01-31 5 {} {} {} {}",
                "2 2026-02-01 5 {} {} {9} {3}", "3 2026-02-01 1 {} {} {} {}",
            ])
        #expect(
            try await migrated("analytics", before: 6, rows: rows, then: query("task_months")) == [
                "1 2026-01-01 5 {44} {1} {7,300} {2,1}", "1 2026-02-01 5 {} {} {} {}", "2 2026-01-01 5 {} {} {} {}",
                "2 2026-02-01 5 {} {} {9} {3}", "3 2026-02-01 1 {} {} {} {}",
            ])
    }

    @Test func `subscriptions that are there are counted`() async throws {
        let rows = """
            insert into subscription_facts (subscription_id, organization_id, plan_id, status, amount, currency, period, activated_at, sequence)
              select md5(n::text)::uuid, md5(n::text)::uuid, md5('plan')::uuid, case when n < 3 then 'active' else 'cancelled' end, 900, 'EUR', 'month', now(), 1
              from generate_series(1, 5) as n;
            """
        let query = "select concat_ws(' ', status, amount, currency, period, subscriptions) from subscription_counts order by status"
        #expect(
            try await migrated("analytics", before: 7, rows: rows, then: query) == [
                "active 900 EUR month 2", "cancelled 900 EUR month 3",
            ])
    }
}
