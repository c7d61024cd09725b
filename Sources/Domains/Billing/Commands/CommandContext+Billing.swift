import Billing
import CommandKit
import FoundationEssentials
import Kernel

extension CommandContext {
    /// The organization that a command of billing works on.
    func subscriber(_ argument: String? = nil) async throws -> SubscriptionService.Subscriber {
        let (id, label) = try await organization(argument)
        return SubscriptionService.Subscriber(organizationId: id, label: label)
    }

    /// An invoice by its id, or by its number in the organization of `--org`.
    func invoice(_ reference: String) async throws -> Invoice {
        let organization = UUID(uuidString: reference) == nil ? try await organization().id : nil
        return try await read("billing") { try InvoiceService.find(reference, of: organization, in: $0) }
    }
}
