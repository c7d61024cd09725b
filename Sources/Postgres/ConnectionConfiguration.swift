/// Where a connection leads and how long it may take over things.
public struct ConnectionConfiguration: Sendable {
    /// A libpq connection string, `key=value` or URI. What it leaves out comes from libpq's own places: `PG…` variables, `PGSERVICE`,
    /// `~/.pgpass`. Its `options` are kept and come behind the settings below.
    public var connectionString: String
    /// Shown in `pg_stat_activity`; a name in the connection string comes first.
    public var applicationName: String
    /// For the whole of connecting. A `connect_timeout` in the connection string comes first.
    public var connectTimeout: Duration
    /// `nil` leaves the server's own setting, as with the two below.
    public var statementTimeout: Duration?
    public var lockTimeout: Duration?
    public var idleInTransactionTimeout: Duration?
    /// How long the server may send nothing while it owes an answer. The connection is given up then: it is taken for one that was cut
    /// without a word. Over TCP the server is asked to find out by itself, too, that this program has vanished. `nil` waits for ever.
    public var answerTimeout: Duration?
    /// Every wait on the connection ends here at the latest, connecting included.
    public var deadline: ContinuousClock.Instant?
    /// How long the server has to react to a cancel request before the socket is shut.
    public var cancelGrace: Duration
    /// How many statements the connection keeps prepared.
    public var statementCacheCapacity: Int
    /// What the connection's first statement asks as well.
    public var admission: Admission?

    public init(
        _ connectionString: String, applicationName: String = "saasctl", connectTimeout: Duration = .seconds(10),
        statementTimeout: Duration? = nil, lockTimeout: Duration? = nil, idleInTransactionTimeout: Duration? = nil,
        answerTimeout: Duration? = nil, deadline: ContinuousClock.Instant? = nil, cancelGrace: Duration = .seconds(5),
        statementCacheCapacity: Int = 256
    ) {
        self.connectionString = connectionString
        self.applicationName = applicationName
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.lockTimeout = lockTimeout
        self.idleInTransactionTimeout = idleInTransactionTimeout
        self.answerTimeout = answerTimeout
        self.deadline = deadline
        self.cancelGrace = cancelGrace
        self.statementCacheCapacity = statementCacheCapacity
    }
}
