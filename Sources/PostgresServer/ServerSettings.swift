/// What a private server is tuned for. Everything else is PostgreSQL's default.
public struct ServerSettings: Sendable, Hashable {
    /// Connections that the server accepts at most.
    public var maxConnections: Int
    /// Whether data survive a crash of the machine. Without it the server skips fsync and full page images; commits stay synchronous,
    /// so that everything but a crash of the machine behaves as in production.
    public var isDurable: Bool
    /// Further lines of `postgresql.conf`, by name; values are quoted here.
    public var parameters: [String: String]

    public init(maxConnections: Int, isDurable: Bool, parameters: [String: String] = [:]) {
        self.maxConnections = maxConnections
        self.isDurable = isDurable
        self.parameters = parameters
    }

    /// For data that somebody wants to find again.
    public static let durable = ServerSettings(maxConnections: 200, isDurable: true)

    /// For a server that lives as long as a run of tests.
    public static let throwaway = ServerSettings(
        maxConnections: 400, isDurable: false,
        parameters: ["wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "4GB", "checkpoint_timeout": "1h"])

    /// The configuration file for a socket folder.
    func configuration(socketFolder: String) -> String {
        var values = [
            "listen_addresses": "", "port": "5432", "unix_socket_permissions": "0700", "max_connections": String(maxConnections),
            // A list of identifiers: double quotes keep a folder with a space in one piece.
            "unix_socket_directories": "\"\(socketFolder.replacing("\"", with: "\"\""))\"",
            "timezone": "UTC", "log_timezone": "UTC", "logging_collector": "off", "log_destination": "stderr",
            // A refused statement is the client's business and may hold personal data; the log is for the server's own troubles.
            "log_min_messages": "log", "log_min_error_statement": "panic", "log_checkpoints": "off",
        ]
        if !isDurable {
            values["fsync"] = "off"
            values["full_page_writes"] = "off"
        }
        values.merge(parameters) { $1 }
        let lines = values.sorted { $0.key < $1.key }.map { name, value in
            "\(name) = '\(value.replacing("\\", with: "\\\\").replacing("'", with: "''"))'\n"
        }
        return "# Written by saasctl whenever it starts this server; changes are lost.\n" + lines.joined()
    }
}
