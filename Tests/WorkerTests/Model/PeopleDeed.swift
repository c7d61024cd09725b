import OrganizationEvents
import TestSupport
import WorkflowEvents

/// One thing that somebody tries, whether it is allowed or not. Users, organizations, projects and tasks go by their number in the order of their making.
enum PeopleDeed: Sendable {
    case register
    case disable(user: Int)
    case enable(user: Int)
    case login(user: Int)
    /// By the token of this age: the newest one of the session is 0.
    case refresh(session: Int, age: Int)
    case logout(session: Int)
    case found(owner: Int)
    case delete(organization: Int, by: Int?)
    case restore(organization: Int, by: Int?)
    case add(Int, to: Int, MemberRole, by: Int?)
    case remove(Int, from: Int, by: Int?)
    case change(Int, of: Int, MemberRole, by: Int?)
    case invite(Int, to: Int, MemberRole, by: Int?)
    case revokeInvitation(Int, to: Int, by: Int?)
    /// By the token of the newest invitation of that user.
    case accept(Int, to: Int, by: Int)
    case reject(Int, to: Int)
    case createProject(of: Int, by: Int?)
    case archiveProject(Int, by: Int?)
    case createTask(in: Int, TaskStatus, assignee: Int?, by: Int?)
    case assign(task: Int, Int?, by: Int?)
    case move(task: Int, TaskStatus, by: Int?)
    /// The oldest one of the user's notifications is 0.
    case read(Int, of: Int, by: Int?)
    case readAll(of: Int)
    /// The worker runs until all is level.
    case work

    /// Anything, of what there is in the model.
    static func random(_ model: PeopleModel, _ random: inout SeededGenerator) -> PeopleDeed {
        func index(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
        // Somebody who acts is mostly the operator, whom nothing hinders.
        func actor() -> Int? { random.happens(60) ? nil : index(model.users.count) }
        func role() -> MemberRole { random.pick(.owner, .admin, .member, .viewer) }
        func status() -> TaskStatus { TaskStatus.allCases[index(TaskStatus.allCases.count)] }
        if model.users.count < 3 || (model.users.count < 12 && random.happens(1)) { return .register }
        if model.organizations.count < 2 || (model.organizations.count < 6 && random.happens(1)) {
            return .found(owner: index(model.users.count))
        }
        let user = index(model.users.count)
        let organization = index(model.organizations.count)
        switch index(100) {
        case 0..<2: return .disable(user: user)
        case 2..<5: return .enable(user: user)
        case 5..<10: return .login(user: user)
        case 10..<18 where !model.sessions.isEmpty:
            return .refresh(session: index(model.sessions.count), age: random.happens(80) ? 0 : index(3))
        case 18..<20 where !model.sessions.isEmpty: return .logout(session: index(model.sessions.count))
        case 20..<21: return .delete(organization: organization, by: actor())
        case 21..<24: return .restore(organization: organization, by: actor())
        case 24..<30: return .add(user, to: organization, role(), by: actor())
        case 30..<38: return .remove(user, from: organization, by: random.happens(20) ? user : actor())
        case 38..<46: return .change(user, of: organization, role(), by: actor())
        case 46..<51: return .invite(user, to: organization, role(), by: actor())
        case 51..<53: return .revokeInvitation(user, to: organization, by: actor())
        case 53..<56: return .accept(user, to: organization, by: random.happens(80) ? user : index(model.users.count))
        case 56..<57: return .reject(user, to: organization)
        case 57..<61: return .createProject(of: organization, by: actor())
        case 61..<62 where !model.projects.isEmpty: return .archiveProject(index(model.projects.count), by: actor())
        case 62..<74 where !model.projects.isEmpty:
            return .createTask(
                in: index(model.projects.count), random.happens(90) ? .todo : status(), assignee: random.happens(50) ? user : nil,
                by: actor())
        case 74..<84 where !model.tasks.isEmpty:
            return .assign(task: index(model.tasks.count), random.happens(80) ? user : nil, by: actor())
        case 96..<97 where !model.notes[user].isEmpty:
            return .read(index(model.notes[user].count), of: user, by: random.happens(50) ? user : actor())
        case 97..<98: return .readAll(of: user)
        case 84..<98 where !model.tasks.isEmpty: return .move(task: index(model.tasks.count), status(), by: actor())
        default: return .work
        }
    }
}
