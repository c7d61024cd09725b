import Billing
import BillingEvents
import Cryptography
import FoundationEssentials
import Identity
import IdentityEvents
import Kernel
import Notification
import Organization
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Worker
import Workflow

/// The real services, on which the same deeds are done.
actor PeopleWorld {
    private struct Login {
        let user: Int
        /// Oldest first.
        var tokens: [RefreshToken]
    }

    private let key = [UInt8](repeating: 5, count: 32)
    private let password: PasswordHash
    private let identity: Connection
    private let organization: Connection
    private let workflow: Connection
    private let notification: Connection
    private var now = Timestamp(year: 2026, month: 3, day: 14)
    private(set) var users: [User] = []
    private var sessions: [Login] = []
    private(set) var organizations: [Organization] = []
    private(set) var projects: [Project] = []
    private(set) var tasks: [WorkflowTask] = []
    private var tokens: [[Int]: InvitationToken] = [:]

    /// With a plan whose limits are those of the model.
    init() async throws {
        identity = try await connect("identity")
        organization = try await connect("organization")
        workflow = try await connect("workflow")
        notification = try await connect("notification")
        password = try PasswordHash(bcrypt: "correct horse", cost: 4)
        let context = OperationContext.ofTest(at: now)
        let plan = PlanDraft(
            slug: "small", name: "Small", isDefault: true, price: Money(amount: 0, currency: "EUR"), period: .month,
            entitlements: [
                EntitlementGrant(key: "projects", kind: .static, quantity: Int64(PeopleModel.projectLimit)),
                EntitlementGrant(key: "tasks", kind: .static, quantity: Int64(PeopleModel.taskLimit)),
            ])
        _ = try await System.perform("billing", context) { try PlanService.create(plan, in: $0, context: context) }
    }

    func close() async {
        for connection in [identity, organization, workflow, notification] { await connection.close() }
    }

    /// - Returns: the code of the refusal; `nil` for a deed that succeeded.
    func perform(_ deed: PeopleDeed) async throws -> String? {
        // Far less than an invitation or a session lives, so that a whole run sees none expire.
        now = now.advanced(by: .milliseconds(1))
        do {
            return try await attempt(deed)
        } catch let error as any DomainError {
            return error.failure.code.name
        } catch let failure as Failure {
            return failure.code.name
        }
    }

    /// What a user was told, oldest first.
    private func notes(of user: Int) async throws -> [NotificationNote] {
        let id = users[user].id
        return try await notification.session { try NotificationService.notifications(of: id, limit: 1_000_000, in: $0) }.items.reversed()
    }

    private func context(_ actor: Int? = nil) -> OperationContext {
        OperationContext(
            now: now, actor: actor.map { .user(users[$0].id) } ?? .operatorAccount("ada"), correlationId: UUID.version7(at: now))
    }

    private func attempt(_ deed: PeopleDeed) async throws -> String? {
        switch deed {
        case .register:
            let email = try EmailAddress("user\(users.count)@example.org")
            let user = try await identity.change("identity", context()) { session, context in
                try IdentityService.register(email: email, name: PersonName("Ada"), password: nil, in: session, context: context)
            }.value
            try await identity.execute("update users set password_hash = \(password.text) where id = \(user.id)")
            users.append(user)
        case .disable(let user):
            let id = users[user].id
            try await identity.change("identity", context()) { try IdentityService.disable(id, label: "", in: $0, context: $1) }
        case .enable(let user):
            let id = users[user].id
            try await identity.change("identity", context()) { try IdentityService.enable(id, label: "", in: $0, context: $1) }
        case .login(let user): return try await login(user)
        case .refresh(let session, let age): return try await refresh(session, age)
        case .logout(let session):
            let token = sessions[session].tokens[0]
            try await identity.change("identity", context()) { try SessionService.logout(token, in: $0, context: $1) }
        case .found(let owner):
            let (slug, id) = ("org-\(organizations.count)", users[owner].id)
            organizations.append(
                try await organization.change("organization", context()) { session, context in
                    try OrganizationService.create(slug: Slug(slug), name: OrganizationName(slug), owner: id, in: session, context: context)
                }.value)
        case .delete(let place, let actor):
            let found = organizations[place]
            try await organization.change("organization", context(actor)) { session, context in
                try DeletionService.delete(found.id, label: found.slug, in: session, context: context)
            }
        case .restore(let place, let actor):
            let found = organizations[place]
            try await organization.change("organization", context(actor)) { session, context in
                try DeletionService.restore(found.id, label: found.slug, in: session, context: context)
            }
        case .add(let user, let place, let role, let actor):
            try await member(user, place, actor) { try MembershipService.add($0, role: role, in: $1, context: $2) }
        case .remove(let user, let place, let actor):
            try await member(user, place, actor) { try MembershipService.remove($0, in: $1, context: $2) }
        case .change(let user, let place, let role, let actor):
            try await member(user, place, actor) { try MembershipService.changeRole($0, to: role, in: $1, context: $2) }
        case .invite, .revokeInvitation, .accept, .reject: try await invitation(deed)
        case .createProject, .archiveProject, .createTask, .assign, .move: try await work(deed)
        case .read(let number, let user, let reader):
            let id = try await notes(of: user)[number].id
            try await notification.change("notification", context(reader)) {
                try NotificationService.markRead([id], in: $0, context: $1)
            }
        case .readAll(let user):
            let id = users[user].id
            try await notification.change("notification", context()) {
                try NotificationService.markAllRead(of: id, in: $0, context: $1)
            }
        case .work:
            let consumers = System.consumers
            let report = await WorkerRun.test(consumers, clock: FixedClock(now)).untilLevel()
            return report.failure?.code.name
        }
        return nil
    }

    private func login(_ user: Int) async throws -> String? {
        let login = SessionService.Login(userId: users[user].id, user: users[user].id.text, passwordHash: password)
        let (id, token) = (UUID.version7(at: now), RefreshToken.random())
        let key = key
        let keys = SecondFactorKeys { _ in key }
        let refusal = try await decide { session, context in
            try SessionService.begin(login, keys: keys, id: id, factors: [.password], refresh: token, in: session, context: context)
        }
        if refusal == nil { sessions.append(Login(user: user, tokens: [token])) }
        return refusal
    }

    private func refresh(_ session: Int, _ age: Int) async throws -> String? {
        let tokens = sessions[session].tokens
        let token = age < tokens.count ? tokens[tokens.count - 1 - age] : .random()
        let next = RefreshToken.random()
        let refusal = try await decide { try SessionService.refresh(token, with: next, in: $0, context: $1) }
        if refusal == nil { sessions[session].tokens.append(next) }
        return refusal
    }

    private func decide(_ body: @Sendable (Session, OperationContext) throws -> Decision<LoginSession>) async throws -> String? {
        if case .failure(let failure) = try await identity.decide("identity", context(), body) { failure.code.name } else { nil }
    }

    private func member(
        _ user: Int, _ place: Int, _ actor: Int?,
        _ deed: @Sendable (MembershipService.Subject, Session, OperationContext) throws -> Change<Membership>
    ) async throws {
        let subject = MembershipService.Subject(
            organizationId: organizations[place].id, organization: organizations[place].slug, userId: users[user].id,
            user: users[user].email ?? "")
        try await organization.change("organization", context(actor)) { try deed(subject, $0, $1) }
    }

    private func invitation(_ deed: PeopleDeed) async throws {
        switch deed {
        case .invite(let user, let place, let role, let actor):
            let offer = InvitationService.Offer(
                organizationId: organizations[place].id, organization: organizations[place].slug,
                email: try EmailAddress(users[user].email ?? ""), userId: users[user].id, role: role)
            let key = key
            let sent = try await organization.change("organization", context(actor)) { session, context in
                try InvitationService.send(offer, key: key, in: session, context: context)
            }
            tokens[[place, user]] = InvitationToken(sent.value.token)
        case .revokeInvitation(let user, let place, let actor):
            let (email, found) = (users[user].email ?? "", organizations[place])
            try await organization.change("organization", context(actor)) { session, context in
                try InvitationService.revoke(email, of: found.id, label: found.slug, in: session, context: context)
            }
        case .accept(let user, let place, let guest):
            let token = try token(of: user, to: place)
            let bearer = InvitationService.Guest(userId: users[guest].id, email: try EmailAddress(users[guest].email ?? ""))
            try await organization.change("organization", context()) { session, context in
                try InvitationService.accept(token, by: bearer, in: session, context: context)
            }
        case .reject(let user, let place):
            let token = try token(of: user, to: place)
            try await organization.change("organization", context()) { session, context in
                try InvitationService.reject(token, by: nil, in: session, context: context)
            }
        default: fatalError("\(deed) is none of an invitation")
        }
    }

    private func token(of user: Int, to place: Int) throws -> InvitationToken {
        guard let token = tokens[[place, user]] else { throw OrganizationError.tokenUnknown }
        return token
    }

    private func tenant(_ place: UUID) -> Tenant { Tenant(id: place, label: "org") }

    private func work(_ deed: PeopleDeed) async throws {
        switch deed {
        case .createProject(let place, let actor):
            let (id, number) = (organizations[place].id, projects.count)
            projects.append(
                try await workflow.change("workflow", context(actor)) { session, context in
                    try WorkflowService.createProject(
                        key: ProjectKey("P\(number)X"), name: "Project", organizationId: id, label: "org", in: session, context: context)
                }.value)
        case .archiveProject(let number, let actor):
            let (project, tenant) = (projects[number], tenant(projects[number].organizationId))
            try await workflow.change("workflow", context(actor)) { session, context in
                try WorkflowService.archiveProject(project.id, of: tenant, in: session, context: context)
            }
        case .createTask(let number, let status, let assignee, let actor):
            let (project, tenant) = (projects[number], tenant(projects[number].organizationId))
            var draft = TaskDraft(title: try TaskTitle("Something"))
            draft.status = status
            draft.assignee = assignee.map { Assignee(id: users[$0].id, label: "user\($0)") }
            let wanted = draft
            tasks.append(
                try await workflow.change("workflow", context(actor)) { session, context in
                    try TaskService.create(wanted, in: project.id, of: tenant, in: session, context: context)
                }.value)
        case .assign(let number, let assignee, let actor):
            let (task, tenant) = (tasks[number], tenant(tasks[number].organizationId))
            let wanted = assignee.map { Assignee(id: users[$0].id, label: "user\($0)") }
            try await workflow.change("workflow", context(actor)) { session, context in
                try TaskService.assign(task.id, to: wanted, of: tenant, in: session, context: context)
            }
        case .move(let number, let status, let actor):
            let (task, tenant) = (tasks[number], tenant(tasks[number].organizationId))
            try await workflow.change("workflow", context(actor)) { session, context in
                try TaskService.move(task.id, to: status, of: tenant, in: session, context: context)
            }
        default: fatalError("\(deed) is none of workflow")
        }
    }
}
