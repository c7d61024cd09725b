import CLibPQ

/// A configuration merged with what libpq itself finds: the connection string, `PG…` variables, the service file.
struct ConnectionSettings {
    let connectTimeout: Duration
    let database: String?
    /// Whether the server is reached by a socket in the file system, without looking up a name.
    let isLocal: Bool
    private let connectionString: String
    private let applicationName: String
    private let options: String

    /// - Throws: a configuration error where the connection string cannot be understood.
    init(_ configuration: ConnectionConfiguration, location: CallSite) throws {
        connectionString = configuration.connectionString
        applicationName = configuration.applicationName
        let resolved = try Self.resolve(connectionString, location: location)
        database = resolved["dbname"] ?? resolved["user"]
        let host = resolved["host"] ?? ""
        isLocal = (host.hasPrefix("/") || host.hasPrefix("@")) && !host.contains(",") && (resolved["hostaddr"] ?? "").isEmpty
        if let seconds = resolved["connect_timeout"].flatMap(Int.init), seconds > 0 {
            connectTimeout = .seconds(seconds)
        } else {
            connectTimeout = configuration.connectTimeout
        }
        let timeouts = [
            ("statement_timeout", configuration.statementTimeout), ("lock_timeout", configuration.lockTimeout),
            ("idle_in_transaction_session_timeout", configuration.idleInTransactionTimeout),
        ]
        var own = timeouts.compactMap { name, duration in duration.map { "-c \(name)=\(Self.milliseconds($0))" } }
        if let limit = configuration.answerTimeout {
            // Seconds, but for the last one. Without them a server keeps the session of a client that vanished, with its locks, for two hours.
            own += ["-c tcp_keepalives_idle=30", "-c tcp_keepalives_interval=10", "-c tcp_keepalives_count=3"]
            own.append("-c tcp_user_timeout=\(Self.milliseconds(limit))")
        }
        // The server lets the last setting of a name win: the user's own over the timeouts, UTC over everything.
        options = (own + [resolved["options"]].compactMap(\.self) + ["-c timezone=UTC"]).joined(separator: " ")
    }

    /// Begins to connect; the caller owns the handle.
    func start() -> OpaquePointer? {
        Self.start([
            ("fallback_application_name", applicationName), ("dbname", connectionString), ("client_encoding", "UTF8"), ("options", options),
        ])
    }

    /// 0 means "no limit" to the server, so anything shorter than a millisecond counts as one.
    private static func milliseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return max(1, seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    }

    private static func start(_ parameters: [(String, String)]) -> OpaquePointer? {
        let names = CStrings(parameters.map(\.0))
        let values = CStrings(parameters.map(\.1))
        return names.withPointers { names in values.withPointers { values in PQconnectStartParams(names, values, 1) } }
    }

    /// Every option by name as libpq would use it.
    ///
    /// libpq resolves the service file and the environment only while it starts to connect. So this starts with an impossible `sslmode`,
    /// which libpq refuses after it has resolved everything and before it touches the network; the password keeps it from reading
    /// `~/.pgpass` for that.
    private static func resolve(_ connectionString: String, location: CallSite) throws -> [String: String] {
        let probe = start([("dbname", connectionString), ("password", "-"), ("sslmode", "none, this only resolves the options")])
        defer { if let probe { PQfinish(probe) } }
        guard let probe, let list = PQconninfo(probe) else {
            throw PostgresError(.configuration, "out of memory", location: location)
        }
        defer { PQconninfoFree(list) }
        var resolved: [String: String] = [:]
        var option = list
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { resolved[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        // Only a string that libpq could not read leaves the probe's own settings unset.
        guard resolved["sslmode"]?.hasPrefix("none,") == true else {
            let reason = PQerrorMessage(probe).map { String(cString: $0) } ?? ""
            throw PostgresError(
                .configuration, "the connection string cannot be understood", detail: reason, location: location)
        }
        return resolved
    }
}

/// An array of C strings that ends with NULL, as `PQconnectStartParams` takes it.
private struct CStrings {
    private var storage: [CChar] = []
    private var offsets: [Int] = []

    init(_ strings: [String]) {
        for string in strings {
            offsets.append(storage.count)
            storage += string.utf8CString
        }
    }

    func withPointers<R>(_ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R) -> R {
        storage.withUnsafeBufferPointer { storage in
            body(offsets.map { storage.baseAddress?.advanced(by: $0) } + [nil])
        }
    }
}
