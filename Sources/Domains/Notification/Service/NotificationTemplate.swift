public import FoundationEssentials
import OrganizationEvents

/// What somebody is told; the text is made from this, and from ``NotificationData``, when it is shown.
public enum NotificationTemplate: String, Sendable, Hashable, Codable, CaseIterable {
    case welcome, invitation
    case memberAdded = "member_added"
    case roleChanged = "role_changed"
    case memberRemoved = "member_removed"
    case taskAssigned = "task_assigned"
    case passwordReset = "password_reset"
    case passwordChanged = "password_changed"
    case mfaEnabled = "mfa_enabled"
    case mfaDisabled = "mfa_disabled"
    case tokenReused = "token_reused"
}

extension NotificationTemplate {
    /// One sentence for whoever is told.
    public func text(_ data: NotificationData, organization: UUID?, names: NotificationNames) -> String {
        let place = names.label(ofOrganization: organization)
        let role = data.role?.rawValue ?? "member"
        return switch self {
        case .welcome: "Welcome!"
        case .invitation: "You are invited to \(place), as \(role)."
        case .memberAdded: "You belong to \(place) now, as \(role)."
        case .roleChanged:
            "Your role in \(place) is \(role) now" + (data.formerRole.map { "; it was \($0.rawValue)." } ?? ".")
        case .memberRemoved: "You do not belong to \(place) any more."
        case .taskAssigned: "Task \(names.label(ofTask: data.taskId)) of \(place) is yours."
        case .passwordReset: "You can set a new password."
        case .passwordChanged: "Your password was changed."
        case .mfaEnabled: "Logging in takes a second factor from now on."
        case .mfaDisabled: "Logging in takes no second factor any more."
        case .tokenReused: "One of your sessions was ended: somebody else may have had its token."
        }
    }
}
