import Postgres

extension TestDatabase {
    /// Makes of the outbox what the restore of a dump makes of it: the same rows, inserted by another transaction, before the table has its key.
    public func reloadOutbox() async throws {
        let superuser = try await connect(as: .superuser)
        try await superuser.session { session in
            try session.script(
                """
                create temp table kept as select * from outbox;
                alter table outbox drop constraint outbox_pkey;
                truncate outbox;
                insert into outbox overriding system value select * from kept;
                alter table outbox add primary key (position);
                """)
        }
        await superuser.close()
    }
}
