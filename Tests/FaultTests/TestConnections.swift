import Analytics
import Audit
import Billing
import Identity
import Notification
import Organization
import Outbox
import Postgres
import TestSupport
import Worker
import Workflow

/// A test's databases, for a worker in this process.
struct TestConnections: WorkerDatabases {
    let databases: TestDatabases

    func open(_ service: String) async throws -> Connection {
        try await databases[service].connect()
    }
}

/// All consumers that there are.
enum Consumers {
    static let all = [
        IdentityModule.module, OrganizationModule.module, BillingModule.module, WorkflowModule.module, NotificationModule.module,
        AuditModule.module(recording: OwnServer.services), AnalyticsModule.module,
    ].flatMap(\.consumers)
}
