public import FoundationEssentials
import Kernel

/// What people call the organizations and tasks that texts are about, as their owners say at the moment.
public struct NotificationNames: Sendable {
    private let organizations: [UUID: String]
    private let tasks: [UUID: String]

    /// What is missing goes by its id.
    public init(organizations: [UUID: String] = [:], tasks: [UUID: String] = [:]) {
        self.organizations = organizations
        self.tasks = tasks
    }

    /// The organization's slug; `nil` where its owner does not know it.
    public func organization(_ id: UUID) -> String? { organizations[id] }

    func label(ofOrganization id: UUID?) -> String { id.map { organizations[$0] ?? $0.text } ?? "an organization" }

    func label(ofTask id: UUID?) -> String { id.map { tasks[$0] ?? $0.text } ?? "a task" }
}
