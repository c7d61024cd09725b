import ArgumentParser

struct TaskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: "The tasks of a project: who does what until when.",
        discussion: """
            A task goes by its project's key and its number, WEB-12, in the organization of --org, or by its id. It is open in one of the \
            statuses backlog, todo, in_progress and in_review, and closed when done or cancelled.

            With --as, any member may look at tasks, and all but viewers may change them.
            """,
        subcommands: [
            TaskCreate.self, TaskList.self, TaskGet.self, TaskUpdate.self, TaskAssign.self, TaskStatusCommand.self, TaskMeasure.self,
        ])
}
