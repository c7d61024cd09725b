public import FoundationEssentials
public import Postgres
public import Testing

/// Says whether the databases of a system are what their outboxes demand: nothing lost, nothing twice, everything in order. It asks with
/// SQL of its own and shares no code with what it judges.
///
/// It may be asked whenever no worker runs. What a lane has to have seen is what its own checkpoint says; that nothing is left beyond it is
/// a finding too, except of lanes that are known to stand.
public struct Oracle: Sendable {
    let databases: [String: Connection]
    let readers: [OracleReader]
    let standing: Set<String>
    let checksHashes: Bool
    let lost: [String: [UUID]]

    /// - Parameters:
    ///   - databases: by service; connections that may read everything and make temporary tables. Nobody else may use them meanwhile, and
    ///     what is not given is not looked at.
    ///   - readers: whose lanes have run.
    ///   - standing: lanes (`billing<organization`) that may have something left to read.
    ///   - checksHashes: compute the hash of each event from its fields; to be switched off where a test wrote events by hand.
    ///   - lost: by source, events that it has lost in a restore after every reader had applied them. The log has to have them.
    public init(
        _ databases: [String: Connection], readers: [OracleReader] = OracleReader.all, standing: Set<String> = [],
        checksHashes: Bool = true, lost: [String: [UUID]] = [:]
    ) {
        self.databases = databases
        self.lost = lost
        self.readers = readers.filter { databases[$0.service] != nil }
        self.standing = standing
        self.checksHashes = checksHashes
    }

    /// What is wrong, each in a line that says where; nothing where all is well.
    public func findings() async throws -> [String] {
        var findings: [String] = []
        // The statements are large and what they read is not: to compile them takes longer than to run them.
        for database in databases.values { try await database.execute("set jit = off") }
        for source in databases.keys.sorted() { findings += try await outbox(source) }
        for reader in readers {
            for source in sources(of: reader) {
                let lane = try await lane(reader, source)
                findings += try await checkpoints(lane)
                findings += try await letters(lane)
            }
            findings += try await effects(reader)
        }
        return findings
    }

    /// Looks at the databases of the current test, and records each finding as an issue.
    public static func check(
        readers: [OracleReader] = OracleReader.all, standing: Set<String> = [], checksHashes: Bool = true,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let findings = try await TestDatabases.current.findings(readers: readers, standing: standing, checksHashes: checksHashes)
        #expect(findings == [], sourceLocation: sourceLocation)
    }

    func database(_ service: String) throws -> Connection {
        guard let connection = databases[service] else { throw NotGiven(service: service) }
        return connection
    }

    func sources(of reader: OracleReader) -> [String] {
        reader.sources.filter { databases[$0] != nil }
    }

    struct NotGiven: Error {
        let service: String
    }
}

extension TestDatabases {
    /// What an ``Oracle`` finds in these databases.
    public func findings(
        readers: [OracleReader] = OracleReader.all, standing: Set<String> = [], checksHashes: Bool = true, lost: [String: [UUID]] = [:]
    ) async throws -> [String] {
        var connections: [String: Connection] = [:]
        for service in services { connections[service] = try await self[service].connect(as: .superuser) }
        let outcome: Result<[String], any Error>
        let oracle = Oracle(connections, readers: readers, standing: standing, checksHashes: checksHashes, lost: lost)
        do { outcome = .success(try await oracle.findings()) } catch { outcome = .failure(error) }
        for connection in connections.values { await connection.close() }
        return try outcome.get()
    }
}
