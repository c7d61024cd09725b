public import MigrationFiles

/// Migrations of any number of services; each component counts from 1 without gaps.
public struct MigrationSet: Sendable, Hashable {
    /// The component that every database gets before its service's own.
    public static let common = "common"

    /// By component, then by number.
    public let migrations: [Migration]

    init(checked migrations: [Migration]) {
        self.migrations = migrations
    }

    /// Checks files as the build does.
    ///
    /// - Parameter files: the text of each file under its path below `migrations/`, such as `billing/0001_init.sql`.
    /// - Throws: the ``MigrationFileError`` that would fail the build.
    public init(files: [String: String]) throws(MigrationFileError) {
        var read: [MigrationFile] = []
        for (path, text) in files {
            let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else { throw MigrationFileError("migrations/\(path)", .strayFile) }
            read.append(try MigrationFile(component: parts[0], fileName: parts[1], text: text))
        }
        migrations = try MigrationFile.ordered(read).map(Migration.init)
    }

    /// Every component but ``common``, in alphabetical order.
    public var services: [String] {
        Set(migrations.map(\.component)).subtracting([Self.common]).sorted()
    }

    /// What the database of a service gets, in this order: ``common``, then the service's own.
    public func migrations(for service: String) -> [Migration] {
        [Self.common, service].flatMap { component in migrations.filter { $0.component == component } }
    }

    func highestNumber(of component: String) -> Int {
        migrations.last { $0.component == component }?.number ?? 0
    }
}
