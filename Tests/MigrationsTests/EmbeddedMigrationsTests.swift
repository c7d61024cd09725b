import Cryptography
import FoundationEssentials
import Kernel
import MigrationFiles
import Migrations
import Postgres
import Testing

@Suite struct EmbeddedMigrationsTests {
    private let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "migrations")

    @Test func theBinaryHoldsEveryFileByTheByte() throws {
        let onDisk = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") }.sorted()
        #expect(!onDisk.isEmpty)
        #expect(MigrationSet.embedded.migrations.map { String($0.path.dropFirst("migrations/".count)) } == onDisk)
        for migration in MigrationSet.embedded.migrations {
            let file = folder.deletingLastPathComponent().appending(path: migration.path)
            #expect(try Array(Data(contentsOf: file)) == Array(migration.sql.utf8))
            #expect(migration.checksum == SHA256.hash(Array(migration.sql.utf8)))
        }
    }

    /// What the build wrote beside the texts is what the texts themselves say.
    @Test func theTableAgreesWithTheHeaders() throws {
        let files = MigrationSet.embedded.migrations.map { (String($0.path.dropFirst("migrations/".count)), $0.sql) }
        #expect(try MigrationSet(files: Dictionary(uniqueKeysWithValues: files)) == .embedded)
    }

    /// A binary could not use the database that it has just migrated.
    @Test func noMigrationAsksForMoreThanThisBinary() {
        for migration in MigrationSet.embedded.migrations { #expect(migration.requiredBinary ?? .current <= .current) }
    }

    @Test(arguments: MigrationSet.embedded.services)
    func everyServiceIsMigratedFromNothing(service: String) async throws {
        let connection = try await ScratchCluster.shared.database().open()
        let runner = MigrationRunner(service: service)
        #expect(try await runner.migrate(connection).steps.count == MigrationSet.embedded.migrations(for: service).count)
        #expect(try await runner.verify(connection).isClean)
        let check = SchemaCheck(service: service)
        #expect(check.failure(for: try await connection.session { try $0.all(check.query) }) == nil)
    }
}
