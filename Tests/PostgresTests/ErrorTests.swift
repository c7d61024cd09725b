import Kernel
import Testing

@testable import Postgres

struct ErrorTests {
    private func error(_ sql: SQL) async throws -> PostgresError {
        let connection = try await ScratchCluster.shared.open()
        return try await postgresError { try await connection.run(sql) }
    }

    @Test func whatTheServerReportsIsKept() async throws {
        let connection = try await ScratchCluster.shared.open()
        let table = ScratchCluster.shared.uniqueName()
        try await connection.run("create table \(identifier: table) (email text constraint \(identifier: table + "_email") unique)")
        let secret = "secret@example.org"
        try await connection.run("insert into \(identifier: table) values (\(secret))")
        let error = try await postgresError {
            try await connection.session { session in
                try session.run(Query("insert into \(identifier: table) values (\(secret))"))
            }
        }
        let line = #line - 3
        #expect(error.kind == .server)
        #expect(error.sqlState == .uniqueViolation)
        #expect(error.sqlState?.class2 == "23")
        #expect(error.constraint == table + "_email")
        #expect(error.table == table)
        #expect(error.detail?.contains(secret) == true)
        #expect(error.database == "postgres")
        #expect(error.statement == "insert into \"\(table)\" values ($1)")
        #expect(error.file.hasSuffix("ErrorTests.swift") && error.line == UInt(line))
        #expect(!error.description.contains(secret))
        #expect(!"\(error.failure)".contains(secret))
        #expect(error.debugDescription.contains(secret))
    }

    @Test(arguments: ["int", "uuid", "timestamptz", "numeric", "bool", "jsonb", "date", "inet"])
    func theMessageNeverQuotesTheValue(type: String) async throws {
        let error = try await error("select \("s3cr\"et")::\(unsafeRaw: type)")
        #expect(error.sqlState?.class2 == "22")
        #expect(!error.description.contains("s3cr") && !error.description.contains("et\""))
        #expect(!error.failure.message.contains("s3cr"))
        #expect(error.debugDescription.contains("select $1::"))
    }

    @Test func aRefusedRowIsNeverShownWhole() async throws {
        let connection = try await ScratchCluster.shared.open()
        let table = ScratchCluster.shared.uniqueName()
        try await connection.run("create table \(identifier: table) (secret text check (length(secret) > 100), other int not null)")
        for values: SQL in ["('s3cret', 1)", "(null, null)"] {
            let error = try await postgresError {
                try await connection.run("insert into \(identifier: table) values \(fragment: values)")
            }
            #expect(error.detail?.contains("Failing row contains") == true)
            #expect(error.debugDescription.contains("detail: the row that was refused, which is not shown"))
            #expect(!error.debugDescription.contains("Failing row contains"))
        }
    }

    @Test func otherLanguagesQuoteInOtherWays() {
        func text(_ message: String) -> String {
            PostgresError(.server, message, sqlState: .invalidTextRepresentation, location: CallSite(file: #fileID, line: #line))
                .description
        }
        #expect(text("ungültige Eingabesyntax für Typ integer: „geheim“") == "ungültige Eingabesyntax für Typ integer: \"…\" (22P02)")
        #expect(
            text("syntaxe en entrée invalide pour le type integer : « secret »")
                == "syntaxe en entrée invalide pour le type integer : \"…\" (22P02)")
        #expect(text("division by zero") == "division by zero (22P02)")
    }

    @Test func failuresAreWhatTheUserCanDo() {
        func failure(_ kind: PostgresError.Kind, _ state: SQLState?) -> ErrorCode {
            PostgresError(kind, "m", sqlState: state, location: CallSite(file: #fileID, line: #line)).failure.code
        }
        #expect(failure(.connectionFailed, nil) == .databaseUnavailable)
        #expect(failure(.connectionFailed, .tooManyConnections) == .databaseUnavailable)
        #expect(failure(.connectionFailed, .cannotConnectNow) == .databaseUnavailable)
        #expect(failure(.connectionFailed, .invalidPassword) == .databaseDenied)
        #expect(failure(.connectionFailed, .undefinedDatabase) == .configuration)
        #expect(failure(.connectionFailed, .objectNotInPrerequisiteState) == .databaseUnavailable)
        let closed = PostgresError(
            .connectionFailed, "m", sqlState: .objectNotInPrerequisiteState, location: CallSite(file: #fileID, line: #line))
        #expect(closed.failure.hint?.contains("allow_connections") == true)
        #expect(failure(.server, .objectNotInPrerequisiteState) == .unexpected)
        #expect(failure(.connectionLost, .adminShutdown) == .databaseUnavailable)
        #expect(failure(.connectionLost, nil) == .databaseUnavailable)
        #expect(failure(.server, .diskFull) == .databaseUnavailable)
        #expect(failure(.server, .insufficientPrivilege) == .databaseDenied)
        #expect(failure(.server, .queryCanceled) == .timedOut)
        #expect(failure(.server, .deadlockDetected) == .databaseBusy)
        #expect(failure(.server, SQLState("08006")) == .databaseUnavailable)
        #expect(failure(.server, .protocolViolation) == .unexpected)
        #expect(failure(.server, .uniqueViolation) == .unexpected)
        #expect(failure(.cancelled, .queryCanceled) == .interrupted)
        #expect(failure(.deadlineExceeded, nil) == .timedOut)
        #expect(failure(.decoding, nil) == .unexpected)
        #expect(failure(.configuration, nil) == .configuration)
    }
}
