import Analytics
import AnalyticsCommands
import ArgumentParser
import Audit
import AuditCommands
import Billing
import BillingCommands
import CommandKit
import Identity
import IdentityCommands
import Notification
import NotificationCommands
import Organization
import OrganizationCommands
import Outbox
import Worker
import Workflow
import WorkflowCommands

/// All domains there are: one line each.
enum Registry {
    static let domains = [
        DomainRegistration("identity", IdentityCommand.self) { _ in IdentityModule.module },
        DomainRegistration("organization", OrganizationCommand.self) { _ in OrganizationModule.module },
        DomainRegistration("billing", BillingCommand.self) { _ in BillingModule.module },
        DomainRegistration("workflow", WorkflowCommand.self) { _ in WorkflowModule.module },
        DomainRegistration("notification", NotificationCommand.self) { _ in NotificationModule.module },
        DomainRegistration("audit", AuditCommand.self) { AuditModule.module(recording: $0) },
        DomainRegistration("analytics", AnalyticsCommand.self) { _ in AnalyticsModule.module },
    ]

    /// The names of the services, in the order of the context map.
    static let services = domains.map(\.service)

    static let modules = domains.map { $0.module(services) }

    /// The service whose database the command works on first; `nil` for a command that belongs to no domain.
    static func service(of path: CommandPath) -> String? {
        guard path.types.count > 1 else { return nil }
        return domains.first { $0.command == path.types[1] }?.service
    }

    static var consumers: [any Consumer] { modules.flatMap(\.consumers) }

    /// The timers of the services whose consumers these are; of all services, where all consumers are.
    static func timed(besides chosen: [any Consumer]) -> [TimedService] {
        let services = Set(chosen.map(\.service))
        let isAll = chosen.count == consumers.count
        return modules.filter { !$0.timers.isEmpty && (isAll || services.contains($0.name)) }
            .map { TimedService(service: $0.name, timers: $0.timers) }
    }
}

/// A domain as the application knows it.
struct DomainRegistration: Sendable {
    /// Names the database, its connection string and its migrations.
    let service: String
    let command: any AsyncParsableCommand.Type
    /// Makes the module; it is told the names of all services, because one of them listens to all.
    let module: @Sendable (_ services: [String]) -> ServiceModule

    init(_ service: String, _ command: any AsyncParsableCommand.Type, module: @escaping @Sendable ([String]) -> ServiceModule) {
        self.service = service
        self.command = command
        self.module = module
    }
}
