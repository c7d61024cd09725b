import CLibPQ

extension Link {
    /// Sends the start-up packet where that cannot block: to a socket of this machine. The server begins its session while the caller does
    /// other things; ``connect(_:)`` goes on from there, and tells what went wrong.
    func dial(_ location: CallSite) {
        dialled = Result {
            var attempt = try begin(location)
            if attempt.settings.isLocal, handle != nil, attempt.status != PGRES_POLLING_FAILED, isWritable {
                attempt.status = PQconnectPoll(handle)
            }
            return attempt
        }
    }

    /// Opens the connection in one go: every setting travels in the start-up packet.
    func connect(_ location: CallSite) throws {
        let begun = dialled ?? Result { try begin(location) }
        dialled = nil
        let attempt = try begun.get()
        guard let pending = handle else { throw PostgresError(.closed, "the connection is closed", database: database, location: location) }
        do {
            try poll(pending, attempt, location: location)
        } catch {
            close()
            throw error
        }
        PQsetErrorVerbosity(pending, PQERRORS_DEFAULT)
        PQsetnonblocking(pending, 1)
        database = PQdb(pending).map { String(cString: $0) } ?? database
    }

    private func begin(_ location: CallSite) throws -> ConnectionAttempt {
        let settings = try ConnectionSettings(configuration, location: location)
        database = settings.database
        guard let pending = settings.start() else {
            throw PostgresError(.connectionFailed, "out of memory", database: database, location: location)
        }
        adopt(pending)
        // With the SQLSTATE in front of the message: libpq has no other way to ask for it while connecting.
        PQsetErrorVerbosity(pending, PQERRORS_VERBOSE)
        PQsetNoticeReceiver(pending, { _, _ in }, nil)
        let status = PQstatus(pending) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        return ConnectionAttempt(settings: settings, status: status)
    }

    private func poll(_ pending: OpaquePointer, _ attempt: ConnectionAttempt, location: CallSite) throws {
        let end = ContinuousClock.now + attempt.settings.connectTimeout
        var status = attempt.status
        while status != PGRES_POLLING_OK {
            if status == PGRES_POLLING_FAILED { throw connectError(pending, location) }
            let events = status == PGRES_POLLING_READING ? Link.readable : Link.writable
            guard try wait(for: events, until: end, isIdle: true, location: location) else {
                throw PostgresError(.connectionFailed, "the server did not answer in time", database: database, location: location)
            }
            status = PQconnectPoll(pending)
        }
    }

    private func connectError(_ pending: OpaquePointer, _ location: CallSite) -> PostgresError {
        let report = ConnectReport(PQerrorMessage(pending).map { String(cString: $0) } ?? "")
        return PostgresError(.connectionFailed, report.message, sqlState: report.sqlState, database: database, location: location)
    }
}

/// How far connecting has come.
struct ConnectionAttempt {
    let settings: ConnectionSettings
    /// What libpq waits for next.
    var status: PostgresPollingStatusType
}

/// What libpq says about a failed attempt to connect, taken apart. With verbose errors, a refusal by the server reads
/// `connection to server … failed: FATAL:  28P01: password authentication failed …`, then a line `LOCATION: …`.
struct ConnectReport {
    let sqlState: SQLState?
    let message: String

    init(_ text: String) {
        let lines = text.split(separator: "\n").map { $0.drop { $0 == " " || $0 == "\t" } }
        for line in lines.reversed() {
            let parts = line.split(separator: ":", omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() {
                let code = part.drop { $0 == " " }
                // The severity in front of the code may have five letters too, but every code has a digit.
                guard index > 0, part.hasPrefix(" "), code.utf8.count == 5, code.utf8.allSatisfy(Self.isCodeCharacter),
                    code.utf8.contains(where: Self.isDigit)
                else { continue }
                sqlState = SQLState(String(code))
                message = String(parts[(index + 1)...].joined(separator: ":").drop { $0 == " " })
                return
            }
        }
        sqlState = nil
        message = lines.first.map(String.init) ?? "no reason given"
    }

    private static func isCodeCharacter(_ byte: UInt8) -> Bool {
        isDigit(byte) || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}
