import Postgres

/// The statements about roles and databases.
enum RoleQueries {
    static func allRoles() -> Query<String> {
        Query("select rolname from pg_roles")
    }

    static func createGroup(_ name: String) -> Query<Void> {
        Query("create role \(identifier: name) nologin")
    }

    static func createRole(_ name: String, in group: String) -> Query<Void> {
        Query("create role \(identifier: name) login in role \(identifier: group)")
    }

    static func database(_ name: String) -> Query<String> {
        Query("select datname from pg_database where datname = \(name)")
    }

    /// `template0`, because others may sit in `template1`, which keeps it from being copied.
    static func createDatabase(_ name: String, owner: String) -> Query<Void> {
        Query("create database \(identifier: name) owner \(identifier: owner) template template0")
    }

    /// - Parameter asFiles: named as the strategy; before version 15 there is no other.
    static func copyDatabase(_ original: String, to name: String, owner: String, asFiles: Bool) -> Query<Void> {
        let strategy: SQL = asFiles ? " strategy file_copy" : ""
        return Query("create database \(identifier: name) template \(identifier: original) owner \(identifier: owner)\(fragment: strategy)")
    }

    /// Before version 15 the schema belongs to the superuser and everybody may create in it.
    static func restrictSchema(to roles: ServiceRoles) -> [Query<Void>] {
        [
            Query("alter schema public owner to \(identifier: roles.owner)"),
            Query("revoke all on schema public from public"),
            Query("grant usage on schema public to \(identifier: ServiceRoles.appGroup)"),
        ]
    }
}
