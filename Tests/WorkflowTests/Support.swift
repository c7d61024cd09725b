import BillingEvents
import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Workflow
import WorkflowEvents

func connect(as role: TestDatabase.Role = .app) async throws -> Connection {
    try await TestDatabases.current["workflow"].connect(as: role)
}

/// Open all at once, so that what begins on them begins together.
func connections(_ count: Int) async throws -> [Connection] {
    var connections: [Connection] = []
    for _ in 0..<count { connections.append(try await connect()) }
    return connections
}

extension Connection {
    @discardableResult
    func hear(_ events: StoredEvent..., from source: String) async throws -> [PendingEvent] {
        try await apply(events, from: source, to: WorkflowConsumer())
    }

    @discardableResult
    func createProject(
        _ key: String, name: String = "Website", in organization: UUID = .numbered(1), _ context: OperationContext = .ofTest()
    ) async throws -> Change<Project> {
        let key = try ProjectKey(key)
        return try await change("workflow", context) { session, context in
            try WorkflowService.createProject(
                key: key, name: name, organizationId: organization, label: "acme", in: session, context: context)
        }
    }

    func projects(of organization: UUID = .numbered(1), limit: Int = 100) async throws -> [String] {
        try await session { try WorkflowService.projects(of: organization, limit: limit, in: $0) }.items.map(\.key).sorted()
    }

    /// `key kind quantity` of each cached entitlement.
    func cachedEntitlements(of organization: UUID = .numbered(1)) async throws -> [String] {
        try await fetch(
            """
            select concat_ws(' ', key, kind, coalesce(quantity::text, 'unlimited')) from entitlement_cache
            where organization_id = \(organization) order by key
            """)
    }

    /// `user role sequence` of each cached membership.
    func cachedMembers() async throws -> [String] {
        try await fetch(
            "select concat_ws(' ', right(user_id::text, 1), coalesce(role, 'none'), sequence) from membership_cache order by organization_id, user_id"
        )
    }
}

extension Tenant {
    static let acme = Tenant(id: .numbered(1), label: "acme")
}

extension OperationContext {
    /// The same command with `--as`.
    static func ofTest(as user: UInt64) -> OperationContext {
        let context = ofTest()
        return OperationContext(now: context.now, actor: .user(.numbered(user)), correlationId: context.correlationId)
    }
}

extension Assignee {
    static func numbered(_ user: UInt64) -> Assignee { Assignee(id: .numbered(user), label: "user\(user)@example.org") }
}

extension Connection {
    /// Lets workflow hear of an owner (1), an admin (2), a member (3) and a viewer (4), and makes the project WEB.
    ///
    /// - Parameter limit: how many tasks may be open; `nil` for a plan that says nothing of it.
    func prepare(tasks limit: Int64? = nil) async throws -> Project {
        try await hear(
            .member(1, .owner, sequence: 2), .member(2, .admin, sequence: 3), .member(3, .member, sequence: 4),
            .member(4, .viewer, sequence: 5), from: "organization")
        try await limitTasks(limit, version: 1)
        return try await createProject("WEB").value
    }

    func limitTasks(_ limit: Int64?, version: Int64) async throws {
        let grants = limit.map { [EntitlementGrant(key: "tasks", kind: .static, quantity: $0)] } ?? []
        try await hear(.entitlements(version: version, projects: nil, more: grants), from: "billing")
    }

    @discardableResult
    func createTask(
        _ title: String = "Fix it", in project: Project, status: TaskStatus = .todo, assignee: UInt64? = nil,
        _ context: OperationContext = .ofTest()
    ) async throws -> WorkflowTask {
        var draft = TaskDraft(title: try TaskTitle(title))
        draft.status = status
        draft.assignee = assignee.map { .numbered($0) }
        let wanted = draft
        return try await change("workflow", context) { session, context in
            try TaskService.create(wanted, in: project.id, of: .acme, in: session, context: context)
        }.value
    }

    @discardableResult
    func update(
        _ task: WorkflowTask, _ changes: TaskChanges, version: Int64? = nil, _ context: OperationContext = .ofTest()
    ) async throws -> Change<WorkflowTask> {
        try await change("workflow", context) { session, context in
            try TaskService.update(task.id, changes, version: version, of: .acme, in: session, context: context)
        }
    }

    @discardableResult
    func assign(
        _ task: WorkflowTask, to user: UInt64?, _ context: OperationContext = .ofTest()
    ) async throws -> Change<WorkflowTask> {
        try await change("workflow", context) { session, context in
            try TaskService.assign(task.id, to: user.map { .numbered($0) }, of: .acme, in: session, context: context)
        }
    }

    @discardableResult
    func move(
        _ task: WorkflowTask, to status: TaskStatus, _ context: OperationContext = .ofTest()
    ) async throws -> Change<WorkflowTask> {
        try await change("workflow", context) { session, context in
            try TaskService.move(task.id, to: status, of: .acme, in: session, context: context)
        }
    }

    @discardableResult
    func archive(_ project: Project, _ context: OperationContext = .ofTest()) async throws -> Change<Project> {
        try await change("workflow", context) { session, context in
            try WorkflowService.archiveProject(project.id, of: .acme, in: session, context: context)
        }
    }

    func task(_ reference: String) async throws -> WorkflowTask {
        try await session { try TaskService.task(TaskReference(reference), label: reference, of: .acme, in: $0) }
    }

    /// The keys of the tasks that a filter lets through, newest first.
    func tasks(limit: Int = 100, _ filter: TaskFilter = TaskFilter()) async throws -> [String] {
        try await session { try TaskService.tasks(of: .numbered(1), filter, limit: limit, in: $0) }.items.map(\.key)
    }

    /// `type #sequence` of what a task or project has told, in order.
    func told(of subject: UUID) async throws -> [String] {
        try await outbox(of: "workflow").filter { $0.subject == subject }
            .map { "\($0.type.dropFirst("saas.".count).dropLast(".v1".count)) #\($0.sequence)" }
    }
}

/// What a chunk of the organization's events does, for a rivalry.
func applying(_ events: StoredEvent..., isReplay: Bool = false) -> @Sendable (Session) throws -> Void {
    { session in
        let context = ConsumerContext(now: OperationContext.ofTest().now, isReplay: isReplay)
        _ = try WorkflowConsumer().apply(EventChunk(source: "organization", events: events), in: session, context: context)
    }
}

extension StoredEvent {
    static func entitlements(
        version: Int64, projects: Int64?, of organization: UUID = .numbered(1), more: [EntitlementGrant] = []
    ) throws -> StoredEvent {
        try handMade(
            EntitlementsUpdated(
                organizationId: organization, version: version,
                entitlements: more + [EntitlementGrant(key: "projects", kind: .static, quantity: projects)]),
            from: "billing", position: version, subject: organization, sequence: version, organization: organization)
    }

    static func roleChanged(_ user: UInt64, _ role: MemberRole, sequence: Int64) throws -> StoredEvent {
        try handMade(
            RoleChanged(organizationId: .numbered(1), userId: .numbered(user), role: role, formerRole: .owner), from: "organization",
            position: sequence, subject: .numbered(1), sequence: sequence, organization: .numbered(1))
    }

    static func memberRemoved(_ user: UInt64, sequence: Int64) throws -> StoredEvent {
        try handMade(
            MemberRemoved(organizationId: .numbered(1), userId: .numbered(user)), from: "organization", position: sequence,
            subject: .numbered(1), sequence: sequence, organization: .numbered(1))
    }

    static func member(_ user: UInt64, _ role: MemberRole, sequence: Int64, of organization: UUID = .numbered(1)) throws -> StoredEvent {
        try handMade(
            MemberAdded(organizationId: organization, userId: .numbered(user), role: role), from: "organization", position: sequence,
            subject: organization, sequence: sequence, organization: organization)
    }
}
