public import SystemPackage

/// The programs of one PostgreSQL version on this machine.
public struct PostgresInstallation: Sendable, Hashable {
    /// The folder that holds `initdb`, `pg_ctl` and `postgres`.
    public let binaries: FilePath
    /// 15 for 15.4.
    public let major: Int

    /// The oldest version whose features saasctl relies on (`pg_current_snapshot`, `drop database … with (force)`).
    public static let oldestMajor = 13

    package init(binaries: FilePath, major: Int) {
        self.binaries = binaries
        self.major = major
    }

    /// The path of one of the programs.
    public func program(_ name: String) -> FilePath {
        binaries.appending(name)
    }
}

extension PostgresInstallation {
    /// Where distributions put server programs. A `*` stands for every folder found there.
    public static let usualPlaces: [FilePath] = [
        "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*", "/usr/local/pgsql/bin",
        "/opt/homebrew/opt/postgresql*/bin",
        "/usr/local/opt/postgresql*/bin", "/usr/bin", "/usr/local/bin",
    ]

    /// Finds the newest PostgreSQL, 13 or later.
    ///
    /// Looks at `SAASCTL_PG_BINDIR`, which alone counts when it is set; otherwise at what `pg_config --bindir` says, the usual places of
    /// distributions and the folders of `PATH`.
    ///
    /// - Parameters:
    ///   - environment: the variables to go by; the process's own are not looked at.
    ///   - major: only this version, because data of it exist.
    ///   - places: where to look besides.
    ///   - dataFolder: whose version `major` is, for the message.
    /// - Throws: ``ServerError/noInstallation(searched:)`` and its likes.
    public static func find(
        environment: [String: String], major: Int? = nil, of dataFolder: FilePath? = nil, places: [FilePath] = usualPlaces
    ) async throws -> PostgresInstallation {
        if let named = environment["SAASCTL_PG_BINDIR"], !named.isEmpty {
            let folder = FilePath(named)
            guard let found = try await inspect(folder) else {
                try Task.checkCancellation()
                throw ServerError.unusableBinaries(folder, reason: "no initdb, pg_ctl and postgres that run are there")
            }
            guard found.major >= oldestMajor else {
                throw ServerError.unusableBinaries(
                    folder, reason: "PostgreSQL \(found.major) is too old, \(oldestMajor) or newer is needed")
            }
            guard major == nil || found.major == major else {
                throw ServerError.unusableBinaries(
                    folder, reason: "it is PostgreSQL \(found.major), but the data were made by \(major ?? 0)")
            }
            return found
        }
        let folders = try await candidates(environment: environment, places: places)
        var found: [PostgresInstallation] = []
        for folder in folders {
            if let installation = try await inspect(folder), installation.major >= oldestMajor { found.append(installation) }
        }
        // A program that a cancelled task ended looks like one that does not run.
        try Task.checkCancellation()
        if let major {
            guard let match = found.first(where: { $0.major == major }) else {
                if found.isEmpty { throw ServerError.noInstallation(searched: folders) }
                throw ServerError.versionMissing(data: major, folder: dataFolder ?? "")
            }
            return match
        }
        // The first of equals: `max(by:)` would give the last.
        guard let newest = found.map(\.major).max(), let first = found.first(where: { $0.major == newest }) else {
            throw ServerError.noInstallation(searched: folders.isEmpty ? places : folders)
        }
        return first
    }

    /// Folders to look at, best first, each once.
    private static func candidates(environment: [String: String], places: [FilePath]) async throws -> [FilePath] {
        let searchPath = (environment["PATH"] ?? "").split(separator: ":").map { FilePath(String($0)) }.filter(\.isAbsolute)
        var folders: [FilePath] = []
        for folder in searchPath where Files.isExecutable(folder.appending("pg_config")) {
            // A pg_config that does not run only means that it has nothing to say.
            if let answer = try? await ServerProgram(folder.appending("pg_config")).run(["--bindir"]), answer.succeeded {
                folders.append(FilePath(answer.firstLine))
            }
            break
        }
        for place in places { folders += expand(place) }
        folders += searchPath
        var seen: Set<FilePath> = []
        return folders.filter { seen.insert($0).inserted }
    }

    /// The folders that a pattern with `*` in one of its components stands for, highest first.
    private static func expand(_ pattern: FilePath) -> [FilePath] {
        var folders: [FilePath] = [FilePath(root: pattern.root, [])]
        for component in pattern.components {
            guard let star = component.string.firstIndex(of: "*") else {
                folders = folders.map { $0.appending(component) }
                continue
            }
            let prefix = component.string[..<star]
            folders = folders.flatMap { folder in
                // A folder that may not be read has nothing to offer, and the next place may.
                ((try? Files.names(in: folder)) ?? []).filter { $0.hasPrefix(prefix) }.sorted(by: >).map { folder.appending($0) }
            }
        }
        return folders
    }

    /// - Returns: `nil` where the programs are not all there, or do not run.
    private static func inspect(_ folder: FilePath) async throws -> PostgresInstallation? {
        for name in ["initdb", "pg_ctl", "postgres"] where !Files.isExecutable(folder.appending(name)) { return nil }
        // A program that cannot be run here (another architecture, say) is as good as absent.
        guard let answer = try? await ServerProgram(folder.appending("postgres")).run(["--version"]), answer.succeeded,
            let major = major(ofVersionLine: answer.firstLine)
        else { return nil }
        return PostgresInstallation(binaries: folder, major: major)
    }

    /// 15 for `postgres (PostgreSQL) 15.4 (Debian 15.4-1)`, 17 for `postgres (PostgreSQL) 17beta1`.
    static func major(ofVersionLine line: String) -> Int? {
        guard let version = line.split(separator: " ").first(where: { $0.first?.isNumber == true }) else { return nil }
        return Int(version.prefix { $0.isNumber })
    }
}
