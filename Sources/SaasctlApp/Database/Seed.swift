import Billing
import BillingCommands
import CommandKit
import Kernel
import Outbox
import Postgres

/// What every installation begins with, made through the same frame as any other change.
enum Seed {
    static func request() throws -> Mutation {
        try Mutation(of: "billing", parameters: ["plan": PlanDraft.free.slug])
    }

    /// The key that signs access tokens.
    static func signingKeyRequest() throws -> Mutation {
        try Mutation(of: "identity", parameters: [String]())
    }

    /// The free plan; changes nothing where it exists.
    static func freePlan(in session: Session, context: OperationContext) throws -> Change<Plan> {
        if let plan = try PlanService.plan(slug: PlanDraft.free.slug, in: session) { return Change(plan) }
        return try PlanService.create(.free, in: session, context: context)
    }
}
