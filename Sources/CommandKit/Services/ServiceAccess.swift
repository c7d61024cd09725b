public import Configuration
public import Cryptography
public import FoundationEssentials
public import Kernel
public import Postgres

/// How commands reach the databases of the chosen profile. The application implements it; tests may too.
public protocol ServiceAccess: Sendable {
    /// The profile that the command works on. Nothing is read before the first call, so that commands without a database need none.
    ///
    /// - Throws: a configuration error (exit 78).
    func profile() throws -> Profile

    /// The names of all services.
    var names: [String] { get }

    /// A connection as the role that runs commands, its schema checked; kept open for the life of the process.
    ///
    /// - Throws: a configuration error, `PostgresError`, or a `Failure` about the schema.
    func connection(to service: String) async throws -> Connection

    /// - Throws: a configuration error where there is no usable key file.
    func masterKey() throws -> MasterKey

    /// The account that the process runs under.
    var operatorAccount: String { get }

    /// Names and ids across services.
    var directory: any Directory { get }
}

/// Turns what people type into ids, by asking the service that owns the name.
public protocol Directory: Sendable {
    /// - Parameter reference: an id, which is passed on unasked, or an e-mail address.
    /// - Throws: the owner's error where nobody has that address.
    func userId(_ reference: String) async throws -> UUID

    /// - Parameter reference: an id or an e-mail address; either is looked up. Who was erased still goes by the id.
    /// - Throws: the owner's error where there never was such a user.
    func knownUserId(_ reference: String) async throws -> UUID

    /// - Parameter reference: an id or an e-mail address; either is looked up.
    /// - Throws: the owner's error where there is no such user.
    func user(_ reference: String) async throws -> (id: UUID, email: EmailAddress)

    /// A user who acts (`--as`).
    ///
    /// - Parameter reference: an id or an e-mail address; either is looked up.
    /// - Throws: the owner's error where there is no such user, or where the user may not log in.
    func actor(_ reference: String) async throws -> UUID

    /// - Returns: `nil` where nobody has that address.
    func userId(with email: EmailAddress) async throws -> UUID?

    /// The e-mail addresses of users, for showing them; ids of nobody are left out.
    func emailAddresses(of users: [UUID]) async throws -> [UUID: String]

    /// - Parameter reference: an id, which is passed on unasked, or a slug.
    /// - Throws: the owner's error where no organization has that slug.
    func organizationId(_ reference: String) async throws -> UUID

    /// - Parameters:
    ///   - reference: an id, or a key in that organization; either is looked up.
    ///   - organization: its id and what the user called it; `nil` for a project that is named by its id.
    /// - Throws: the owner's error where there is no such project.
    func project(
        _ reference: String, of organization: (id: UUID, label: String)?
    ) async throws -> (id: UUID, organizationId: UUID)

    /// The keys of projects, for showing them; ids of nothing are left out.
    func keys(ofProjects projects: [UUID]) async throws -> [UUID: String]

    /// The slugs of organizations, for showing them; ids of nothing are left out.
    func slugs(ofOrganizations organizations: [UUID]) async throws -> [UUID: String]

    /// What people call tasks, `WEB-12`, for showing them; ids of nothing are left out.
    func keys(ofTasks tasks: [UUID]) async throws -> [UUID: String]
}
