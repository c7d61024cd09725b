import ArgumentParser
import CommandKit
import Configuration
import Identity
import Kernel
import Migrations
import Outbox
import Sandbox

struct SandboxStart: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start the sandbox, making it first where there is none.",
        discussion: """
            Runs a PostgreSQL server of its own from the programs installed on this machine (13 or newer), reachable through a socket alone, \
            and brings all seven databases in it to the schema of this saasctl. Started twice, it is simply started.
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let sandbox = try context.sandbox()
        switch try sandbox.status().condition {
        case .absent: context.progress("creating the cluster…")
        case .stopped, .down: context.progress("starting the server…")
        case .running: break
        }
        let start = try await sandbox.start { profile in try await prepare(profile, context) }
        context.notice(start.isNew ? "made a new sandbox" : start.startedServer ? "started the sandbox" : "the sandbox is running already")
        if start.isNew || start.startedServer { context.noteChange() }
        try context.renderer.object(SandboxReport(try context.sandbox().status()))
    }

    private func prepare(_ profile: Profile, _ context: CommandContext) async throws {
        context.progress("migrating \(Registry.services.count) databases…")
        for service in Registry.services {
            let runner = MigrationRunner(service: service, clock: context.clock)
            _ = try await OwnerConnection.with(service, of: profile) { try await runner.migrate($0) }
        }
        let inside = try context.with(services: AppServices(cache: ConnectionCache()) { profile })
        _ = try await inside.execute(Seed.request(), MutationTerms()) {
            .accepted(try Seed.freePlan(in: $0, context: $1))
        }
        let key = try inside.key(for: SigningKeyService.keyPurpose)
        _ = try await inside.execute(Seed.signingKeyRequest(), MutationTerms()) {
            .accepted(try SigningKeyService.provide(key: key, in: $0, context: $1))
        }
    }
}
