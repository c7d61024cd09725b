import CommandKit
import FoundationEssentials
import Kernel
import Notification

extension CommandContext {
    /// The user whose notifications are meant: the argument, or who acts.
    ///
    /// - Throws: `Failure` with `USAGE` where there is neither; the directory's error for a user who does not exist.
    func reader(_ argument: String?) async throws -> UUID {
        if let argument { return try await services.directory.knownUserId(argument) }
        guard let user = try await actingUser() else {
            throw Failure(.usage, "no user given", hint: "name one, or act for one with --as")
        }
        return user
    }

    /// What those who own them call the organizations and tasks that texts are about.
    func names(_ subjects: [(organization: UUID?, task: UUID?)]) async throws -> NotificationNames {
        async let organizations = services.directory.slugs(ofOrganizations: Set(subjects.compactMap(\.organization)).sorted())
        async let tasks = services.directory.keys(ofTasks: Set(subjects.compactMap(\.task)).sorted())
        return NotificationNames(organizations: try await organizations, tasks: try await tasks)
    }
}
