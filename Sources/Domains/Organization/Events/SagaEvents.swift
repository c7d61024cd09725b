public import FoundationEssentials
public import Kernel

/// What a service is asked to do as its part of a saga, or to undo.
///
/// The service answers with ``SagaStepCompleted`` or ``SagaStepFailed`` from its own outbox, about the same subject. What is so already is done:
/// a step may be asked for again, and undone although it never was done.
public struct SagaStepRequested: DomainEvent {
    public static let eventType = EventType("saas.saga_step.requested", version: 1)
    public static let aggregateType = "saga_step"

    public let sagaId: UUID
    public let stepId: UUID
    public let organizationId: UUID
    public let action: SagaAction
    /// Take back what the action has done.
    public let isUndo: Bool
    /// Counts how often the step has been asked for, from 1.
    public let request: Int

    public init(sagaId: UUID, stepId: UUID, organizationId: UUID, action: SagaAction, isUndo: Bool, request: Int) {
        self.sagaId = sagaId
        self.stepId = stepId
        self.organizationId = organizationId
        self.action = action
        self.isUndo = isUndo
        self.request = request
    }

    public var completed: SagaStepCompleted {
        SagaStepCompleted(sagaId: sagaId, stepId: stepId, organizationId: organizationId, request: request)
    }

    /// - Parameter code: as people read it in errors: `SUBSCRIPTION_EXISTS`.
    public func failed(_ code: String) -> SagaStepFailed {
        SagaStepFailed(sagaId: sagaId, stepId: stepId, organizationId: organizationId, request: request, code: code)
    }
}

/// The service has done, or undone, what it was asked for. Each service that takes part in sagas publishes it.
public struct SagaStepCompleted: DomainEvent {
    public static let eventType = EventType("saas.saga_step.completed", version: 1)
    public static let aggregateType = "saga_step"

    public let sagaId: UUID
    public let stepId: UUID
    public let organizationId: UUID
    /// The request that this answers.
    public let request: Int

    public init(sagaId: UUID, stepId: UUID, organizationId: UUID, request: Int) {
        self.sagaId = sagaId
        self.stepId = stepId
        self.organizationId = organizationId
        self.request = request
    }
}

/// The rules of the service forbid what it was asked for, and it has changed nothing. Each service that takes part in sagas publishes it.
public struct SagaStepFailed: DomainEvent {
    public static let eventType = EventType("saas.saga_step.failed", version: 1)
    public static let aggregateType = "saga_step"

    public let sagaId: UUID
    public let stepId: UUID
    public let organizationId: UUID
    /// The request that this answers.
    public let request: Int
    /// Why, as an error code.
    public let code: String

    public init(sagaId: UUID, stepId: UUID, organizationId: UUID, request: Int, code: String) {
        self.sagaId = sagaId
        self.stepId = stepId
        self.organizationId = organizationId
        self.request = request
        self.code = code
    }
}

/// The steps that sagas are made of.
public enum SagaAction: String, Sendable, Hashable, Codable, CaseIterable {
    case cancelSubscription = "cancel_subscription"
    case freezeProjects = "freeze_projects"
    case revokeInvitations = "revoke_invitations"

    /// Who does it.
    public var service: String {
        switch self {
        case .cancelSubscription: "billing"
        case .freezeProjects: "workflow"
        case .revokeInvitations: "organization"
        }
    }
}
