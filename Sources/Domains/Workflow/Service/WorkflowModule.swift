import OrganizationEvents
public import Outbox
import WorkflowEvents

/// What the registry lists of the workflow service.
public enum WorkflowModule {
    public static let module = ServiceModule(
        name: "workflow",
        publishes: [
            ProjectCreated.self, ProjectArchived.self, TaskCreated.self, TaskUpdated.self, TaskAssigned.self, TaskStatusChanged.self,
            SagaStepCompleted.self, SagaStepFailed.self,
        ], consumers: [WorkflowConsumer(), WorkflowSagaConsumer()])
}
