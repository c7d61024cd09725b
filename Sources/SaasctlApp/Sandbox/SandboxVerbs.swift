import ArgumentParser
import CommandKit
import Kernel
import Sandbox

struct SandboxStop: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop the sandbox's server; the data stay.",
        discussion: "Until it is started again, commands with nothing else configured fail.")

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        try context.refuseIfRunIsReadOnly()
        let stopped = try await context.sandbox().stop()
        context.notice(stopped ? "stopped the sandbox" : "the sandbox was not running")
    }
}

struct SandboxStatusCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show whether the sandbox runs, and where it lies.", discussion: "Exits 8 where it does not run.")

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let status = try context.sandbox().status()
        try context.renderer.object(SandboxReport(status))
        if status.condition != .running { throw SilentExit(.pending) }
    }
}

struct SandboxReset: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Stop the sandbox and delete its data, its key and its clock.",
        discussion: "Asks first; --yes answers. A new start makes a new, empty sandbox.")

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        try context.refuseIfRunIsReadOnly()
        let sandbox = try context.sandbox()
        try context.confirmation.obtain(.moderate, to: "delete the sandbox in \"\(sandbox.path)\" with all its data")
        context.notice(try await sandbox.reset() ? "deleted the sandbox" : "there was no sandbox")
    }
}

struct SandboxEnv: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "Print variables that lead psql and saasctl to the sandbox.",
        discussion: "Example: eval \"$(saasctl sandbox env)\" && psql saas_billing")

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let variables = try context.sandbox().variables()
        if context.output.isMachineReadable {
            try context.renderer.object(
                SandboxVariables(variables: Dictionary(uniqueKeysWithValues: variables.map { ($0.name, $0.value) })))
        } else {
            try context.io.write(variables.map { "export \($0.name)=\(ShellWords.quoted($0.value))\n" }.joined())
        }
    }
}

/// The variables of `sandbox env`, for programs.
struct SandboxVariables: Renderable {
    let variables: [String: String]

    static let resourceKind = "SandboxEnvironment"
    static let fields: [Column<SandboxVariables>] = []
    var identifier: String { "sandbox" }
}
