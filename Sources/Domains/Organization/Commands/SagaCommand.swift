public import ArgumentParser

/// `saasctl saga`: what several services do together.
public struct SagaCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "saga", abstract: "Sagas: what several services do together, step by step.",
        discussion: """
            The deletion of an organization is one. The worker carries it on; a step whose service answers that it cannot is asked for again, a few \
            times, and then waits for somebody.
            """,
        subcommands: [SagaList.self, SagaGet.self, SagaRetry.self, SagaAbort.self])

    public init() {}
}
