import Kernel
import Postgres

/// The runner's own statements. `public` is spelled out, because the runner decides which table it means, whatever the search path says.
enum MigrationQueries {
    /// Makes `schema_migrations` where it is missing and lets the commands' role read it where there is such a role. Changes nothing the
    /// second time. To be run under the runner's lock: two sessions that create one table at a time can still collide in the catalog.
    static let prepare = """
        do $$
        begin
            if to_regclass('public.schema_migrations') is null then
                create table public.schema_migrations (
                    component text not null check (component ~ '^[a-z0-9_]+$'),
                    number int not null check (number > 0),
                    name text not null check (name <> ''),
                    checksum bytea not null check (octet_length(checksum) = 32),
                    required_binary text check (required_binary ~ '^[0-9]+[.][0-9]+[.][0-9]+$'),
                    binary_version text not null check (binary_version ~ '^[0-9]+[.][0-9]+[.][0-9]+$'),
                    duration_ms bigint check (duration_ms >= 0),
                    applied_at timestamptz not null,
                    primary key (component, number)
                );
            end if;
            if exists (
                select from pg_catalog.pg_roles
                where rolname = 'saasctl_app' and not has_table_privilege(oid, 'public.schema_migrations', 'select')
            ) then
                grant select on public.schema_migrations to saasctl_app;
            end if;
        end
        $$
        """

    static func tableExists() -> Query<Bool> {
        Query("select to_regclass('public.schema_migrations') is not null")
    }

    static func records() -> Query<MigrationRecord> {
        Query(
            """
            select component, number, name, checksum, required_binary, binary_version, duration_ms, applied_at
            from public.schema_migrations order by component, number
            """
        ) { row in
            MigrationRecord(
                component: try row.get(0), number: try row.get(1), name: try row.get(2),
                checksum: try row.get(3, as: Bytea.self).bytes.hexadecimal,
                requiredBinary: try row.get(4, as: String?.self).map(version),
                binaryVersion: try version(row.get(5)), durationMs: try row.get(6), appliedAt: try row.get(7))
        }
    }

    static func record(_ migration: Migration, by version: SaasctlVersion, durationMs: Int, at instant: Timestamp) -> Query<Void> {
        Query(
            """
            insert into public.schema_migrations
                (component, number, name, checksum, required_binary, binary_version, duration_ms, applied_at)
            values (
                \(migration.component), \(migration.number), \(migration.name), \(Bytea(migration.checksum)),
                \(migration.requiredBinary?.description), \(version.description), \(durationMs), \(instant))
            """)
    }

    /// No aggregate and no function: a session that has just begun would spend more time looking those up than reading the rows.
    static func marks() -> Query<SchemaMark> {
        Query("select component, number, required_binary from public.schema_migrations") {
            SchemaMark(component: try $0.get(0), number: try $0.get(1), requiredBinary: try $0.get(2, as: String?.self).map(version))
        }
    }

    /// Ordinary indexes only: one on a partitioned table stays invalid by design until every partition has its own.
    static func invalidIndexes() -> Query<String> {
        Query(
            """
            select c.relname from pg_catalog.pg_index i
            join pg_catalog.pg_class c on c.oid = i.indexrelid
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where not i.indisvalid and c.relkind = 'i' and n.nspname = 'public'
            order by c.relname
            """)
    }

    static func tryLock(_ key: Int64) -> Query<Bool> {
        Query("select pg_try_advisory_lock(\(key))")
    }

    /// Gives a row only where this session holds the lock; unlocking what one does not hold draws a warning.
    static func unlock(_ key: Int64) -> Query<Bool> {
        Query(
            """
            select pg_advisory_unlock(\(key)) from pg_catalog.pg_locks l
            where l.pid = pg_backend_pid() and \(fragment: isLock(key))
            """)
    }

    /// Who holds the lock, for people.
    static func lockHolder(_ key: Int64) -> Query<String> {
        Query(
            """
            select format('process %s (%s)', a.pid, coalesce(nullif(a.application_name, ''), 'unnamed'))
            from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a on a.pid = l.pid
            where \(fragment: isLock(key))
            """)
    }

    /// A granted advisory lock on one bigint of this database, which `pg_locks` shows in two halves (manual, section 54.12).
    private static func isLock(_ key: Int64) -> SQL {
        """
        l.locktype = 'advisory' and l.granted and l.objsubid = 1
            and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
            and (l.classid::bigint << 32) | l.objid::bigint = \(key)
        """
    }

    static func setting(_ name: String) -> Query<String> {
        Query("select current_setting(\(name))")
    }

    static func set(_ name: String, _ value: String) -> Query<String> {
        Query("select set_config(\(name), \(value), false)")
    }

    private static func version(_ text: String) throws(MigrationError) -> SaasctlVersion {
        guard let version = SaasctlVersion(text) else { throw .recordedVersion(text) }
        return version
    }
}
