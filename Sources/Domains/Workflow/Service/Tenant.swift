public import FoundationEssentials
import Kernel

/// An organization as a command names it: workflow knows ids alone, and errors speak of it as the user did.
public struct Tenant: Sendable, Hashable {
    public let id: UUID
    public let label: String

    public init(id: UUID, label: String) {
        self.id = id
        self.label = label
    }
}
