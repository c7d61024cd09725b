import Postgres

/// Databases that are migrated once and then only copied.
actor TestTemplates {
    private var made: [String: Task<String, any Error>] = [:]

    /// The name of the template of a service, made by whoever asks first.
    ///
    /// - Parameter service: one that has migrations.
    func template(of service: String, on cluster: TestCluster) async throws -> String {
        if let task = made[service] { return try await task.value }
        // One after the other: roles are shared by all databases, and two that are made at once could make one twice.
        let before = made.values.map { $0 }
        let task = Task {
            for earlier in before { _ = await earlier.result }
            return try await Self.make(service, on: cluster)
        }
        made[service] = task
        return try await task.value
    }

    private static func make(_ service: String, on cluster: TestCluster) async throws -> String {
        let name = "template_\(service)"
        try await cluster.makeDatabase(name, for: service)
        // A copy needs a template that nobody is connected to; the backend of a closed connection lives on for a moment.
        try await cluster.administrators.run([
            Query("alter database \(identifier: name) allow_connections false"),
            Query("select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = \(name)"),
        ])
        return name
    }
}
