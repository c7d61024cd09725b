import ArgumentParser
import CommandKit
import Identity
import Kernel

/// For benchmarks: what a check of a token costs a process that has checked some already, against the check of its signature alone.
struct TokenMeasure: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure", abstract: "Measure how long checks of a token take.", shouldDisplay: false)

    @Option(help: ArgumentHelp("Take the access token from the first line of this file; - is standard input.", valueName: "file"))
    var tokenFile: String

    @Option(help: ArgumentHelp("How often it is checked.", valueName: "number"))
    var count = 10_000

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        guard count > 0 else { throw ValidationError("--count must be above zero") }
    }

    func run(_ context: CommandContext) async throws {
        let token = try context.secret(from: tokenFile, flag: "--token-file").trimmed
        let service = TokenService(terms: try context.tokenTerms())
        let connection = try await context.services.connection(to: "identity")
        let clock = ContinuousClock()
        var validation = Duration.zero
        var verification = Duration.zero
        let rounds = 10
        _ = try await service.validate(token, on: connection, at: context.clock.now())
        let verify = try await service.signatureCheck()
        // In turn, so that both see the same machine.
        for _ in 0..<rounds {
            validation += try await clock.measure {
                for _ in 0..<max(1, count / rounds) { _ = try await service.validate(token, on: connection, at: context.clock.now()) }
            }
            verification += try await clock.measure {
                for _ in 0..<max(1, count / rounds) { _ = try await verify(token) }
            }
        }
        let checks = Double(rounds * max(1, count / rounds))
        try context.renderer.object(
            TokenMeasurement(validationUs: validation / .microseconds(1) / checks, verificationUs: verification / .microseconds(1) / checks)
        )
    }
}

/// Microseconds of one check.
struct TokenMeasurement: Renderable {
    let validationUs: Double
    let verificationUs: Double

    static let resourceKind = "TokenMeasurement"

    static var fields: [Column<TokenMeasurement>] {
        [Column("validation us") { $0.validationUs }, Column("verification us") { $0.verificationUs }]
    }

    var identifier: String { "token" }
}
