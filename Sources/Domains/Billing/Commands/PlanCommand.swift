import ArgumentParser

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Plans: what can be subscribed to, and for how much.",
        discussion: """
            A plan has versions. Changing it makes another one, which new subscribers get; who has subscribed stays on the version they took.
            """,
        subcommands: [PlanCreate.self, PlanList.self, PlanGet.self, PlanRetire.self])
}
