import ArgumentParser
import CommandKit
import Sandbox

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "A private PostgreSQL with everything in it, to try things out.",
        discussion: "Once started it is where commands go when nothing else is configured.",
        subcommands: [
            SandboxStart.self, SandboxStop.self, SandboxStatusCommand.self, SandboxReset.self, SandboxEnv.self, SandboxClockCommand.self,
        ])
}

extension CommandContext {
    func sandbox() throws -> Sandbox {
        try Sandbox(environment: environment, services: Registry.services)
    }
}
