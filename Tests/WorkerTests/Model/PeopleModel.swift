import OrganizationEvents
import WorkflowEvents

@testable import Workflow

/// What users, organizations, projects and tasks ought to be, told without any database: the rules as the documentation has them.
struct PeopleModel: Sendable {
    struct Session: Sendable {
        let user: Int
        var isLive = true
        /// How many refresh tokens there were; the last is the one that is good.
        var tokens = 1
    }

    struct Invitation: Sendable {
        enum State: Sendable {
            case pending, accepted, rejected, revoked
            /// By the deletion of the organization, and as if it were revoked, until that is undone.
            case withdrawn
        }

        var state = State.pending
        let role: MemberRole
    }

    struct Organization: Sendable {
        var members: [Int: MemberRole]
        var former: Set<Int> = []
        /// The newest of each user.
        var invitations: [Int: Invitation] = [:]
        /// What workflow has heard, and when it has heard anything of the limits.
        var heard: [Int: MemberRole] = [:]
        var hasLimits = false
        var isDeleted = false
        /// Restored, and the services have not heard it.
        var isBeingRestored = false
        /// What workflow has heard of that.
        var isFrozen = false
        /// Who has left since the worker ran.
        var departed: Set<Int> = []
        /// Of the deed that is done.
        var news: [News] = []
    }

    /// That somebody is to be told, when notification hears of it.
    struct News: Sendable {
        let user: Int
        let template: String
    }

    /// What a user was told inside the product.
    struct Note: Sendable {
        let template: String
        var isRead = false
    }

    struct Project: Sendable {
        let organization: Int
        var isArchived = false
        var tasks = 0
    }

    struct Task: Sendable {
        let project: Int
        let number: Int
        var status: TaskStatus
        var assignee: Int?
    }

    static let projectLimit = 3
    static let taskLimit = 8

    /// Whether each is enabled.
    var users: [Bool] = []
    var sessions: [Session] = []
    var organizations: [Organization] = []
    var projects: [Project] = []
    var tasks: [Task] = []
    /// What nobody was told yet.
    private var news: [News] = []
    /// Of each user, oldest first.
    var notes: [[Note]] = []

    /// Does the deed, where it is allowed.
    ///
    /// - Returns: the code of the refusal; `nil` for a deed that succeeds.
    mutating func apply(_ deed: PeopleDeed) -> String? {
        let refusal = attempt(deed)
        for index in organizations.indices {
            news += organizations[index].news
            organizations[index].news = []
        }
        return refusal
    }

    private mutating func attempt(_ deed: PeopleDeed) -> String? {
        switch deed {
        case .register:
            users.append(true)
            notes.append([])
            tell(users.count - 1, "welcome")
        case .disable(let user):
            users[user] = false
            for index in sessions.indices where sessions[index].user == user { sessions[index].isLive = false }
        case .enable(let user): users[user] = true
        case .login(let user):
            guard users[user] else { return "USER_DISABLED" }
            sessions.append(Session(user: user))
        case .refresh(let session, let age): return refresh(session, age)
        case .logout(let session): sessions[session].isLive = false
        case .found(let owner):
            organizations.append(Organization(members: [owner: .owner]))
            tell(owner, "member_added")
        case .delete(let organization, let actor): return organizations[organization].delete(by: actor)
        case .restore(let organization, let actor): return organizations[organization].restore(by: actor)
        case .add(let user, let organization, let role, let actor):
            return organizations[organization].add(user, role, by: actor)
        case .remove(let user, let organization, let actor): return organizations[organization].remove(user, by: actor)
        case .change(let user, let organization, let role, let actor):
            return organizations[organization].change(user, role, by: actor)
        case .invite(let user, let organization, let role, let actor):
            return organizations[organization].invite(user, role, by: actor)
        case .revokeInvitation(let user, let organization, let actor):
            return organizations[organization].revokeInvitation(user, by: actor)
        case .accept(let user, let organization, let guest): return organizations[organization].accept(user, by: guest)
        case .reject(let user, let organization): return organizations[organization].reject(user)
        case .createProject(let organization, let actor): return createProject(organization, by: actor)
        case .archiveProject(let project, let actor):
            if let refusal = refusal(of: actor, in: projects[project].organization, needs: .admin) { return refusal }
            if !projects[project].isArchived, isFrozen(project) { return "PROJECT_FROZEN" }
            projects[project].isArchived = true
        case .createTask(let project, let status, let assignee, let actor): return createTask(project, status, assignee, by: actor)
        case .assign(let task, let assignee, let actor): return assign(task, assignee, by: actor)
        case .move(let task, let status, let actor): return move(task, status, by: actor)
        case .read(let note, let user, let reader):
            // What is somebody else's does not exist.
            if let reader, reader != user { return "NOTIFICATION_NOT_FOUND" }
            notes[user][note].isRead = true
        case .readAll(let user): for note in notes[user].indices { notes[user][note].isRead = true }
        case .work: work()
        }
        return nil
    }

    /// Nobody is told of the own deeds.
    private mutating func tell(_ user: Int, _ template: String, by actor: Int? = nil) {
        if actor != user { news.append(News(user: user, template: template)) }
    }

    private mutating func refresh(_ session: Int, _ age: Int) -> String? {
        guard age < sessions[session].tokens else { return "REFRESH_TOKEN_INVALID" }
        guard sessions[session].isLive else { return "SESSION_ENDED" }
        guard age == 0 else {
            sessions[session].isLive = false
            tell(sessions[session].user, "token_reused")
            return "REFRESH_TOKEN_REUSED"
        }
        sessions[session].tokens += 1
        return nil
    }

    // MARK: Workflow

    private func refusal(of actor: Int?, in organization: Int, needs role: MemberRole) -> String? {
        guard let actor else { return nil }
        guard let own = organizations[organization].heard[actor], own >= role else { return "NOT_PERMITTED" }
        return nil
    }

    private func isFrozen(_ project: Int) -> Bool { organizations[projects[project].organization].isFrozen }

    private mutating func createProject(_ organization: Int, by actor: Int?) -> String? {
        if let refusal = refusal(of: actor, in: organization, needs: .admin) { return refusal }
        guard organizations[organization].hasLimits else { return "ENTITLEMENTS_NOT_FOUND" }
        guard !organizations[organization].isFrozen else { return "ORG_DELETED" }
        guard projects.count(where: { $0.organization == organization && !$0.isArchived }) < Self.projectLimit else {
            return "PROJECT_LIMIT"
        }
        projects.append(Project(organization: organization))
        return nil
    }

    private func openTasks(of organization: Int) -> Int {
        tasks.count { projects[$0.project].organization == organization && !projects[$0.project].isArchived && $0.status.isOpen }
    }

    private mutating func createTask(_ project: Int, _ status: TaskStatus, _ assignee: Int?, by actor: Int?) -> String? {
        let organization = projects[project].organization
        guard TaskStatus.initial.contains(status) else { return "TASK_STATUS_INVALID" }
        if let refusal = refusal(of: actor, in: organization, needs: .member) { return refusal }
        guard !projects[project].isArchived else { return "PROJECT_ARCHIVED" }
        guard !isFrozen(project) else { return "PROJECT_FROZEN" }
        if let assignee, organizations[organization].heard[assignee] == nil { return "ASSIGNEE_NOT_MEMBER" }
        guard openTasks(of: organization) < Self.taskLimit else { return "TASK_LIMIT" }
        projects[project].tasks += 1
        tasks.append(Task(project: project, number: projects[project].tasks, status: status, assignee: assignee))
        if let assignee { tell(assignee, "task_assigned", by: actor) }
        return nil
    }

    private mutating func assign(_ task: Int, _ assignee: Int?, by actor: Int?) -> String? {
        let project = projects[tasks[task].project]
        if let refusal = refusal(of: actor, in: project.organization, needs: .member) { return refusal }
        guard !project.isArchived else { return "PROJECT_ARCHIVED" }
        guard !isFrozen(tasks[task].project) else { return "PROJECT_FROZEN" }
        if let assignee, organizations[project.organization].heard[assignee] == nil { return "ASSIGNEE_NOT_MEMBER" }
        if let assignee, assignee != tasks[task].assignee { tell(assignee, "task_assigned", by: actor) }
        tasks[task].assignee = assignee
        return nil
    }

    private mutating func move(_ task: Int, _ status: TaskStatus, by actor: Int?) -> String? {
        let project = projects[tasks[task].project]
        if let refusal = refusal(of: actor, in: project.organization, needs: .member) { return refusal }
        guard !project.isArchived else { return "PROJECT_ARCHIVED" }
        guard !isFrozen(tasks[task].project) else { return "PROJECT_FROZEN" }
        let before = tasks[task].status
        guard before != status else { return nil }
        guard before.successors.contains(status) else { return "TASK_TRANSITION" }
        if status.isOpen, !before.isOpen {
            guard openTasks(of: project.organization) < Self.taskLimit else { return "TASK_LIMIT" }
            if let assignee = tasks[task].assignee, organizations[project.organization].heard[assignee] == nil {
                tasks[task].assignee = nil
            }
        }
        tasks[task].status = status
        return nil
    }

    /// Everybody is told once of what has happened. Workflow hears of members and limits, and takes open tasks from everybody who has left, come back or not.
    private mutating func work() {
        for news in news { notes[news.user].append(Note(template: news.template)) }
        news = []
        for index in tasks.indices where tasks[index].status.isOpen {
            let organization = organizations[projects[tasks[index].project].organization]
            if let assignee = tasks[index].assignee, organization.departed.contains(assignee) { tasks[index].assignee = nil }
        }
        for index in organizations.indices {
            organizations[index].heard = organizations[index].members
            organizations[index].departed = []
            organizations[index].hasLimits = true
            organizations[index].hearOfDeletion()
        }
    }
}

extension PeopleModel.Organization {
    private func refusal(of actor: Int?, over roles: MemberRole...) -> String? {
        guard let actor else { return nil }
        guard let own = members[actor], own >= .admin, roles.allSatisfy({ own >= $0 }) else { return "NOT_PERMITTED" }
        return nil
    }

    private mutating func tell(_ user: Int, _ template: String, by actor: Int? = nil) {
        if actor != user { news.append(PeopleModel.News(user: user, template: template)) }
    }

    private func isLastOwner(_ user: Int) -> Bool {
        members[user] == .owner && !members.contains { $0.key != user && $0.value == .owner }
    }

    /// Open invitations go with the organization, and come back with it.
    fileprivate mutating func hearOfDeletion() {
        for (user, invitation) in invitations {
            switch invitation.state {
            case .pending where isDeleted: invitations[user]?.state = .withdrawn
            case .withdrawn where !isDeleted: invitations[user]?.state = .pending
            default: break
            }
        }
        isFrozen = isDeleted
        isBeingRestored = false
    }

    fileprivate mutating func delete(by actor: Int?) -> String? {
        if let actor, members[actor] != .owner { return "NOT_PERMITTED" }
        guard !isDeleted else { return nil }
        guard !isBeingRestored else { return "RESTORE_UNFINISHED" }
        isDeleted = true
        return nil
    }

    fileprivate mutating func restore(by actor: Int?) -> String? {
        if let actor, members[actor] != .owner { return "NOT_PERMITTED" }
        guard isDeleted else { return nil }
        isDeleted = false
        isBeingRestored = true
        return nil
    }

    fileprivate mutating func add(_ user: Int, _ role: MemberRole, by actor: Int?) -> String? {
        guard !isDeleted else { return "ORG_DELETED" }
        if let refusal = refusal(of: actor, over: role) { return refusal }
        if let own = members[user] { return own == role ? nil : "MEMBER_EXISTS" }
        members[user] = role
        former.remove(user)
        tell(user, "member_added", by: actor)
        return nil
    }

    fileprivate mutating func remove(_ user: Int, by actor: Int?) -> String? {
        guard !isDeleted else { return "ORG_DELETED" }
        if let actor, members[actor] == nil { return "NOT_PERMITTED" }
        guard let role = members[user] else { return former.contains(user) ? refusal(of: actor) : "MEMBER_NOT_FOUND" }
        if actor != user, let refusal = refusal(of: actor, over: role) { return refusal }
        guard !isLastOwner(user) else { return "LAST_OWNER" }
        members[user] = nil
        former.insert(user)
        departed.insert(user)
        tell(user, "member_removed", by: actor)
        return nil
    }

    fileprivate mutating func change(_ user: Int, _ role: MemberRole, by actor: Int?) -> String? {
        guard !isDeleted else { return "ORG_DELETED" }
        if let actor, members[actor] == nil { return "NOT_PERMITTED" }
        guard let own = members[user] else { return "MEMBER_NOT_FOUND" }
        if let refusal = refusal(of: actor, over: own, role) { return refusal }
        guard own != role else { return nil }
        guard !isLastOwner(user) else { return "LAST_OWNER" }
        members[user] = role
        tell(user, "role_changed", by: actor)
        return nil
    }

    fileprivate mutating func invite(_ user: Int, _ role: MemberRole, by actor: Int?) -> String? {
        guard !isDeleted else { return "ORG_DELETED" }
        if let refusal = refusal(of: actor, over: role) { return refusal }
        guard members[user] == nil else { return "MEMBER_EXISTS" }
        guard invitations[user]?.state != .pending else { return "INVITATION_EXISTS" }
        invitations[user] = PeopleModel.Invitation(role: role)
        return nil
    }

    fileprivate mutating func revokeInvitation(_ user: Int, by actor: Int?) -> String? {
        guard !isDeleted else { return "ORG_DELETED" }
        if let refusal = refusal(of: actor) { return refusal }
        guard let invitation = invitations[user] else { return "INVITATION_NOT_FOUND" }
        if let refusal = refusal(of: actor, over: invitation.role) { return refusal }
        switch invitation.state {
        case .pending: invitations[user]?.state = .revoked
        case .accepted: return "INVITATION_USED"
        case .rejected, .revoked, .withdrawn: break
        }
        return nil
    }

    private func refusal(of invitation: PeopleModel.Invitation) -> String? {
        switch invitation.state {
        case .pending: nil
        case .accepted: "INVITATION_USED"
        case .rejected: "INVITATION_REJECTED"
        case .revoked, .withdrawn: "INVITATION_REVOKED"
        }
    }

    fileprivate mutating func accept(_ user: Int, by guest: Int) -> String? {
        guard let invitation = invitations[user] else { return "INVITATION_NOT_FOUND" }
        guard !isDeleted else { return "ORG_DELETED" }
        if invitation.state == .accepted, guest == user { return nil }
        if let refusal = refusal(of: invitation) { return refusal }
        guard guest == user else { return "INVITATION_FOR_ANOTHER" }
        invitations[user]?.state = .accepted
        if members[user] == nil {
            members[user] = invitation.role
            former.remove(user)
            tell(user, "member_added")
        }
        return nil
    }

    fileprivate mutating func reject(_ user: Int) -> String? {
        guard let invitation = invitations[user] else { return "INVITATION_NOT_FOUND" }
        guard !isDeleted else { return "ORG_DELETED" }
        guard invitation.state != .rejected else { return nil }
        if let refusal = refusal(of: invitation) { return refusal }
        invitations[user]?.state = .rejected
        return nil
    }
}
