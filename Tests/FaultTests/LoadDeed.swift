import FoundationEssentials
import Identity
import Kernel
import Organization
import OrganizationEvents
import Outbox
import Postgres
import TestSupport

/// One transaction of the load, decided on before it begins.
enum LoadDeed: Sendable {
    /// Of several users, so that a transaction has several aggregates.
    case registerUsers([String], rollsBack: Bool)
    case createOrganization(suffix: String)
    /// Of a few organizations, each with a few events; with savepoints, pauses and ids taken early.
    case addMembers(TransactionPlan)
    case addManyMembers([UUID], count: Int)

    init(_ organizations: [UUID], using random: inout SeededGenerator) {
        if random.happens(50) {
            self = .addMembers(TransactionPlan(organizations, using: &random))
        } else if random.happens(50) {
            self = .createOrganization(suffix: random.name())
        } else {
            let names = (0..<random.pick(1, 2, 5)).map { _ in random.name() }
            self = .registerUsers(names, rollsBack: random.happens(10))
        }
    }

    var service: String {
        switch self {
        case .registerUsers: "identity"
        case .createOrganization, .addMembers, .addManyMembers: "organization"
        }
    }

    /// - Parameter connection: to the database of ``service``.
    /// - Throws: `TransactionPlan.RolledBack` where that is the plan; `PostgresError`.
    func perform(on connection: Connection, at now: Timestamp = SystemClock().now()) async throws {
        let context = OperationContext.ofLoad(at: now)
        switch self {
        case .registerUsers(let names, let rollsBack):
            try await connection.transaction { session in
                for name in names {
                    let change = try IdentityService.register(
                        email: EmailAddress("\(name)@example.org"), name: PersonName("User \(name)"), password: nil, in: session,
                        context: context)
                    try OutboxWriter(service: "identity").append(change.events, in: session, context: context)
                }
                if rollsBack { throw TransactionPlan.RolledBack() }
            }
        case .createOrganization(let suffix):
            try await connection.change("organization", context) { session, context in
                try OrganizationService.create(
                    slug: Slug("org-\(suffix)"), name: OrganizationName("Organization \(suffix)"), owner: context.newId(), in: session,
                    context: context)
            }
        case .addMembers(let plan):
            try await connection.transaction { session in
                try plan.perform(
                    in: session, changing: { try session.addMembers($1, to: $0, context) },
                    appending: { try OutboxWriter(service: "organization").append($0, in: session, context: context) })
            }
        case .addManyMembers(let organizations, let count):
            try await connection.transaction { try Self.add(count, to: organizations, in: $0, context) }
        }
    }

    /// Adds so many members to each of these organizations in a transaction of the caller's.
    static func add(
        _ count: Int, to organizations: [UUID], in session: Session, _ context: OperationContext = .ofLoad()
    ) throws {
        let events = try organizations.sorted().flatMap { try session.addMembers(count, to: $0, context) }
        try OutboxWriter(service: "organization").append(events, in: session, context: context)
    }
}

extension Session {
    /// As a service function adds members: it locks and counts on the organization's row, then writes, then tells.
    fileprivate func addMembers(_ count: Int, to organization: UUID, _ context: OperationContext) throws -> [PendingEvent] {
        let last = try one(
            Query<Int64>(
                "update organizations set event_sequence = event_sequence + \(count) where id = \(organization) returning event_sequence"))
        let members = (0..<count).map { _ in context.newId() }
        try run(
            Query(
                """
                insert into memberships (id, organization_id, user_id, role, created_at)
                select gen_random_uuid(), \(organization), member, 'member', \(context.now) from unnest(\(members)) as m (member)
                """))
        return try members.enumerated().map { offset, member in
            try PendingEvent(
                MemberAdded(organizationId: organization, userId: member, role: .member), subject: organization,
                sequence: last - Int64(count) + Int64(offset) + 1, organization: organization)
        }
    }
}

extension OperationContext {
    static func ofLoad(at now: Timestamp = SystemClock().now()) -> OperationContext {
        OperationContext(now: now, actor: .service("load"), correlationId: .version7(at: now))
    }
}

extension SeededGenerator {
    /// One that no other call gives.
    mutating func name() -> String {
        String(next(), radix: 36)
    }
}
