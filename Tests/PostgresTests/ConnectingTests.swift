import FoundationEssentials
import Glibc
import Kernel
import TestSupport
import Testing

@testable import Postgres

struct ConnectingTests {
    private func setting(_ name: String, _ adjust: (inout ConnectionConfiguration) -> Void) async throws -> String {
        let connection = try await ScratchCluster.shared.open(adjust)
        return try await connection.value("select current_setting(\(name))", as: String.self)
    }

    @Test func theSessionIsInUTCAndUTF8() async throws {
        let east: (inout ConnectionConfiguration) -> Void = {
            $0.connectionString += " options='-c timezone=Asia/Tokyo' client_encoding=LATIN1"
        }
        #expect(try await setting("timezone", east) == "UTC")
        #expect(try await setting("client_encoding", east) == "UTF8")
        #expect(try await setting("application_name", east) == "saasctl")
        #expect(try await setting("application_name") { $0.connectionString += " application_name=mine" } == "mine")
    }

    @Test func theUsersOwnOptionsAreKeptAndWin() async throws {
        let adjust: (inout ConnectionConfiguration) -> Void = {
            $0.connectionString += " options='-c work_mem=7MB -c statement_timeout=9s'"
            $0.statementTimeout = .seconds(1)
            $0.lockTimeout = .microseconds(10)
        }
        #expect(try await setting("work_mem", adjust) == "7MB")
        #expect(try await setting("statement_timeout", adjust) == "9s")
        #expect(try await setting("lock_timeout", adjust) == "1ms")
    }

    @Test func optionsOfAServiceFileAreKept() async throws {
        let file = FileManager.default.temporaryDirectory.path() + "/saasctl-service-\(UUID())"
        let text = "[test]\nhost=\(ScratchCluster.shared.socketFolder)\ndbname=postgres\nuser=postgres\noptions=-c work_mem=6MB\n"
        try Data(text.utf8).write(to: URL(filePath: file))
        defer { unlink(file) }
        // The environment belongs to the whole process; nothing else here reads this variable.
        setenv("PGSERVICEFILE", file, 1)
        let connection = try await Connection.open(ConnectionConfiguration("service=test", statementTimeout: .seconds(5)))
        #expect(try await connection.value("show work_mem", as: String.self) == "6MB")
        #expect(try await connection.value("show statement_timeout", as: String.self) == "5s")
    }

    @Test(.timeLimit(.minutes(1))) func whatWasDialledStartsAtTheServerWhileNobodyWaits() async throws {
        let name = ScratchCluster.shared.uniqueName("dialled")
        let dialled = Connection(
            dialling: ConnectionConfiguration(ScratchCluster.shared.connectionString(), applicationName: name))
        let observer = try await ScratchCluster.shared.open()
        while try await observer.value("select count(*) from pg_stat_activity where application_name = \(name)", as: Int.self) == 0 {}
        try await dialled.establish()
        #expect(try await dialled.value("show application_name", as: String.self) == name)
    }

    @Test(arguments: ["host=/nonexistent dbname=shop": PostgresError.Kind.connectionFailed, "nosuchoption=1": .configuration])
    func whatWentWrongWithDiallingIsToldLater(text: String, kind: PostgresError.Kind) async throws {
        let dialled = Connection(dialling: ConnectionConfiguration(text))
        #expect(try await postgresError { try await dialled.establish() }.kind == kind)
    }

    @Test(.hangLimit) func whatWasDialledCanBeGivenUp() async throws {
        let silent = try SilentServer()
        let dialled = Connection(dialling: ConnectionConfiguration("host=\(silent.folder) dbname=x user=x"))
        let task = Task { try await dialled.establish() }
        task.cancel()
        #expect(try await postgresError { try await task.value }.kind == .cancelled)
    }

    @Test func aURIWorksAsWell() async throws {
        let folder = ScratchCluster.shared.socketFolder.replacing("/", with: "%2F")
        let connection = try await Connection.open(ConnectionConfiguration("postgresql://postgres@\(folder)/postgres"))
        #expect(try await connection.value("select 1", as: Int.self) == 1)
    }

    @Test(arguments: ["nosuchoption=1", "host='unclosed", "postgresql://[::1"])
    func aStringThatNobodyUnderstandsIsAMatterOfConfiguration(text: String) async throws {
        let error = try await postgresError { try await Connection.open(ConnectionConfiguration(text)) }
        #expect(error.kind == .configuration)
        #expect(error.failure.code == .configuration)
        #expect(!error.description.contains(text))
    }

    @Test func anOptionThatOnlyConnectingRefusesIsAFailureToConnect() async throws {
        let error = try await postgresError { try await ScratchCluster.shared.open { $0.connectionString += " sslmode=maybe" } }
        #expect(error.kind == .connectionFailed)
        #expect(error.message.contains("sslmode"))
    }

    @Test func whatTheServerRefusesKeepsItsCode() async throws {
        let missing = try await postgresError { try await ScratchCluster.shared.open(database: "'no: 42P01: such'") }
        #expect(missing.kind == .connectionFailed)
        #expect(missing.sqlState == .undefinedDatabase)
        #expect(missing.database == "no: 42P01: such")
        let absent = try await postgresError { try await ScratchCluster.shared.open(database: "nosuch") }
        #expect(absent.sqlState == .undefinedDatabase)
        #expect(absent.message == "database \"nosuch\" does not exist")
        #expect(absent.failure.code == .configuration)
        let role = try await postgresError { try await ScratchCluster.shared.open { $0.connectionString += " user=nobodyhere" } }
        #expect(role.sqlState == .invalidAuthorization)
        #expect(role.failure.code == .databaseDenied)
    }

    @Test func aServerThatIsNotThere() async throws {
        let error = try await postgresError { try await Connection.open(ConnectionConfiguration("host=/nonexistent dbname=shop")) }
        #expect(error.kind == .connectionFailed)
        #expect(error.sqlState == nil)
        #expect(error.failure.code == .databaseUnavailable)
        #expect(error.failure.message.contains("database \"shop\" cannot be reached"))
    }

    @Test(.hangLimit) func aServerThatTakesTheConnectionAndSaysNothing() async throws {
        let silent = try SilentServer()
        let configuration = ConnectionConfiguration("host=\(silent.folder) dbname=x user=x", connectTimeout: .milliseconds(50))
        #expect(try await postgresError { try await Connection.open(configuration) }.kind == .connectionFailed)
        let late = ConnectionConfiguration("host=\(silent.folder) dbname=x user=x", deadline: .now + .milliseconds(50))
        #expect(try await postgresError { try await Connection.open(late) }.kind == .deadlineExceeded)
        let task = Task { try await Connection.open(ConnectionConfiguration("host=\(silent.folder) dbname=x user=x")) }
        task.cancel()
        #expect(try await postgresError { try await task.value }.kind == .cancelled)
    }

    @Test func reportsOfFailuresAreTakenApart() {
        let report = ConnectReport(
            """
            connection to server at "a" (10.0.0.1), port 5432 failed: Connection refused
            \tIs the server running on that host and accepting TCP/IP connections?
            connection to server at "b" (10.0.0.2), port 5432 failed: FATAL:  28P01: password authentication failed for user "u"
            LOCATION:  auth_failed, auth.c:326
            """)
        #expect(report.sqlState == .invalidPassword)
        #expect(report.message == "password authentication failed for user \"u\"")
        let refused = ConnectReport(
            "connection to server on socket \"/x/.s.PGSQL.5432\" failed: No such file or directory\n\tIs the server running?\n")
        #expect(refused.sqlState == nil)
        #expect(refused.message == "connection to server on socket \"/x/.s.PGSQL.5432\" failed: No such file or directory")
    }
}

/// Listens where a PostgreSQL server would, and never answers.
private final class SilentServer {
    let folder: String
    private let descriptor: Int32

    init() throws {
        folder = "/tmp/saasctl-silent-\(UInt32.random(in: .min ... .max))"
        mkdir(folder, 0o700)
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "\(folder)/.s.PGSQL.5432".utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        try #require(bound == 0 && listen(descriptor, 8) == 0)
    }

    deinit {
        close(descriptor)
        unlink("\(folder)/.s.PGSQL.5432")
        rmdir(folder)
    }
}
