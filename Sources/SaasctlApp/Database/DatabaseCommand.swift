import ArgumentParser
import CommandKit
import Configuration
import Kernel
import Postgres

struct DatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db", abstract: "Bring the databases to the schema of this saasctl, and check them.",
        subcommands: [DatabaseMigrate.self, DatabaseStatus.self, DatabaseVerify.self, DatabasePrune.self, DatabaseSeed.self])
}

/// The services that a database command works on.
struct ServiceSelection: ParsableArguments, Sendable {
    @Option(help: ArgumentHelp("Only this service's database; otherwise all seven.", valueName: "service"))
    var service: ServiceName?

    var services: [String] { service.map { [$0.name] } ?? Registry.services }
}

struct ServiceName: ExpressibleByArgument, Sendable {
    let name: String

    init?(argument: String) {
        guard Registry.services.contains(argument) else { return nil }
        name = argument
    }

    static var allValueStrings: [String] { Registry.services }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

/// Opens connections as the owner of the tables.
enum OwnerConnection {
    static func with<R: Sendable>(
        _ service: String, of profile: Profile, _ body: (Connection) async throws -> R
    ) async throws -> R {
        let database = try profile.ownerDatabase(of: service)
        if database.hasAmbiguousPassword { throw ServiceConnection.malformed(service, profile.name) }
        let connection: Connection
        do {
            connection = try await Connection.open(ConnectionConfiguration(database.text, applicationName: "saasctl db"))
        } catch let error as PostgresError where error.kind == .configuration {
            throw ServiceConnection.malformed(service, profile.name)
        }
        do {
            let result = try await body(connection)
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }
}
