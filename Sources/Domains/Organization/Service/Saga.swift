public import FoundationEssentials
public import Kernel
public import OrganizationEvents

/// What several services do together, each its steps, with a way back.
public struct Saga: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case organizationDeletion = "organization_deletion"

        var actions: [SagaAction] {
            switch self {
            case .organizationDeletion: [.cancelSubscription, .freezeProjects, .revokeInvitations]
            }
        }
    }

    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// Steps are asked for.
        case running
        /// A step has given up, and waits for somebody.
        case failed
        /// All steps are done, and can be undone until the grace period ends.
        case waiting
        /// For good.
        case completed
        /// Steps are undone.
        case compensating
        /// The undoing of a step has given up, and waits for somebody.
        case compensationFailed = "compensation_failed"
        /// All is as it was before.
        case compensated

        public var hasEnded: Bool { self == .completed || self == .compensated }
        /// On the way back, or back.
        var isBackwards: Bool { [.compensating, .compensationFailed, .compensated].contains(self) }
    }

    public let id: UUID
    /// `kind` is what a document is.
    public let type: Kind
    public let organizationId: UUID
    public let state: State
    public let startedAt: Timestamp
    /// The first instant at which there is no way back.
    public let graceEndsAt: Timestamp
    public let endedAt: Timestamp?
}

/// A part of a saga that one service does.
public struct SagaStep: Sendable, Hashable, Codable {
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// The service's answer is awaited.
        case requested
        /// The service has answered that it cannot; it is asked again.
        case retrying
        case done
        /// It has answered so too often.
        case failed
    }

    public let id: UUID
    public let number: Int
    public let action: SagaAction
    public let service: String
    /// What is to be done is to take the action back.
    public let isUndo: Bool
    public let state: State
    /// How often the service has said no since the step was begun, or begun anew.
    public let attempts: Int
    /// The code of the last no.
    public let error: String?
    public let requestedAt: Timestamp
    public let endedAt: Timestamp?
}

/// A saga with all of its steps.
public struct SagaReport: Sendable, Hashable, Codable {
    public let id: UUID
    public let type: Saga.Kind
    public let organizationId: UUID
    public let state: Saga.State
    public let startedAt: Timestamp
    public let graceEndsAt: Timestamp
    public let endedAt: Timestamp?
    public let steps: [SagaStep]

    init(_ saga: Saga, _ steps: [SagaStep]) {
        id = saga.id
        type = saga.type
        organizationId = saga.organizationId
        state = saga.state
        startedAt = saga.startedAt
        graceEndsAt = saga.graceEndsAt
        endedAt = saga.endedAt
        self.steps = steps
    }
}

/// How long a deletion can be taken back.
public struct GracePeriod: Sendable, Hashable {
    public static let standard = GracePeriod(known: .seconds(30 * 86_400))
    private static let allowed = Duration.seconds(3_600)...Duration.seconds(365 * 86_400)

    public let duration: Duration

    /// - Throws: ``OrganizationError/graceOutOfBounds``.
    public init(_ duration: Duration) throws(OrganizationError) {
        guard Self.allowed.contains(duration) else { throw .graceOutOfBounds }
        self.duration = duration
    }

    private init(known duration: Duration) {
        self.duration = duration
    }
}
