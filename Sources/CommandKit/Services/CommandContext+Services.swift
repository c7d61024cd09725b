import Cryptography
public import FoundationEssentials
import Kernel
public import Postgres

extension CommandContext {
    /// Asks a service's database, in one read-only transaction.
    ///
    /// - Throws: what `body` throws, and what ``ServiceAccess/connection(to:)`` throws.
    public func read<R: Sendable>(_ service: String, _ body: @Sendable (Session) throws -> R) async throws -> R {
        try await services.connection(to: service).session(body)
    }

    /// The key of the profile for one purpose.
    ///
    /// - Throws: what ``ServiceAccess/masterKey()`` throws.
    public func key(for purpose: String) throws -> [UInt8] {
        try services.masterKey().derive(purpose)
    }

    /// The organization that a command works on: its own argument, or `--org` and its variable.
    ///
    /// - Returns: its id, and what the user called it.
    /// - Throws: `Failure` with `USAGE` where neither is given; the directory's error for an unknown slug.
    public func organization(_ argument: String? = nil) async throws -> (id: UUID, label: String) {
        let label = try organizationReference(argument)
        return (try await services.directory.organizationId(label), label)
    }

    /// What the user calls the organization that a command works on, not yet looked up.
    ///
    /// - Throws: `Failure` with `USAGE` where neither argument nor `--org` is given, or the two contradict each other. A variable, or the
    ///   organization of the console, contradicts nothing: it stands in where the command line names none.
    public func organizationReference(_ argument: String?) throws -> String {
        if let argument, let flag = SharedFlags.values(in: invocation.given)["org"], flag != argument {
            throw Failure(
                .usage, "two organizations are named: \"\(argument)\" and, by --org, \"\(flag)\"", hint: "name the one that is meant")
        }
        guard let reference = argument ?? global.organization(environment: environment) else {
            throw Failure(.usage, "no organization given", hint: "name it, or set one with --org or SAASCTL_ORG")
        }
        return reference
    }

    /// The value of a flag that names a service.
    ///
    /// - Throws: `Failure` with `USAGE` where there is no service of that name.
    public func service(_ name: String, flag: String) throws -> String {
        guard !services.names.contains(name) else { return name }
        let nearest = Spelling.nearest(to: name, among: services.names)
        throw Failure(
            .usage, "there is no service \"\(name)\"",
            hint: nearest.map { "\(flag) \($0)" } ?? "one of \(services.names.joined(separator: ", "))")
    }

    /// The organization of `--org` or its variable; `nil` where neither is given.
    public func organizationIfGiven() async throws -> UUID? {
        guard let label = global.organization(environment: environment) else { return nil }
        return try await services.directory.organizationId(label)
    }
}
