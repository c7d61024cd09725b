import Configuration
import Kernel
import TestSupport
import Testing

let services = ["identity", "organization", "billing", "workflow", "notification", "audit", "analytics"]

/// A user's and an administrator's file in a scratch folder, some variables, and a sandbox or none.
struct Setup {
    let resolver: ProfileResolver

    init(
        _ folder: ScratchFolder, user: String? = nil, system: String? = nil, variables: [String: String] = [:],
        sandboxIsStarted: Bool = false
    ) throws {
        if let user { try folder.write(user, to: "home/.config/saasctl/config.yaml") }
        if let system { try folder.write(system, to: "system/config.yaml") }
        let sandbox = sandboxIsStarted ? Profile(name: "sandbox", databases: ServiceDatabases(pattern: "sandbox-{service}")) : nil
        resolver = ProfileResolver(
            environment: variables.merging(["HOME": "\(folder)/home"]) { $1 }, services: services,
            systemFile: "\(folder)/system/config.yaml",
            sandbox: { sandbox })
    }

    /// The failure that resolving ends in; `nil` when it succeeds.
    func failure(flag: String? = nil) -> Failure? {
        do {
            _ = try resolver.resolve(flag: flag)
            return nil
        } catch {
            return (error as? any DomainError)?.failure
        }
    }
}
