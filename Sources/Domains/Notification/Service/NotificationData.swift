public import FoundationEssentials
public import OrganizationEvents

/// What a text is made from besides its template: nothing that has a name, but what its owner knows the name of.
public struct NotificationData: Sendable, Hashable, Codable {
    public var role: MemberRole?
    public var formerRole: MemberRole?
    public var taskId: UUID?
    public var sessionId: UUID?
    /// Of the password reset; with the delivery's end it is what the token is derived from.
    public var resetId: UUID?

    public init(
        role: MemberRole? = nil, formerRole: MemberRole? = nil, taskId: UUID? = nil, sessionId: UUID? = nil, resetId: UUID? = nil
    ) {
        self.role = role
        self.formerRole = formerRole
        self.taskId = taskId
        self.sessionId = sessionId
        self.resetId = resetId
    }
}
