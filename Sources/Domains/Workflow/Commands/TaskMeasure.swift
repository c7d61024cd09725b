import ArgumentParser
import CommandKit
import Outbox

/// For benchmarks: what a task costs a process that has made some already, and has looked its names up.
struct TaskMeasure: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure", abstract: "Measure how long it takes to create a task, by creating many.", shouldDisplay: false)

    static let actsForUsers = true

    @OptionGroup var task: TaskCreate

    @Option(help: ArgumentHelp("How many are created.", valueName: "number"))
    var count = 1_000

    var global: GlobalOptions { task.global }

    func validate() throws {
        guard count > 0 else { throw ValidationError("--count must be above zero") }
    }

    func run(_ context: CommandContext) async throws {
        let creation = try await task.creation(context)
        // Connects, and prepares the statements.
        _ = try await context.execute(creation.request, task.mutation.terms) { .accepted(try creation.body($0, $1)) }
        let taken = try await ContinuousClock().measure {
            for _ in 0..<count {
                _ = try await context.execute(creation.request, task.mutation.terms) { .accepted(try creation.body($0, $1)) }
            }
        }
        try context.renderer.object(TaskMeasurement(creationUs: taken / .microseconds(1) / Double(count)))
    }
}

/// Microseconds of one task.
struct TaskMeasurement: Renderable {
    let creationUs: Double

    static let resourceKind = "TaskMeasurement"

    static var fields: [Column<TaskMeasurement>] {
        [Column("creation us") { $0.creationUs }]
    }

    var identifier: String { "task" }
}
