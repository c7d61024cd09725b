import ArgumentParser
import CommandKit
import FoundationEssentials
import Identity
import Kernel

struct MfaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mfa", abstract: "Second factors: an authenticator app, and recovery codes in its place.",
        subcommands: [MfaEnroll.self, MfaVerify.self, MfaDisable.self, MfaRecovery.self])
}

extension CommandContext {
    /// The code that a `--code-file` leads to.
    ///
    /// - Throws: what ``secret(from:flag:)`` throws.
    func secondFactorCode(from path: String) throws -> SecondFactorCode {
        SecondFactorCode(try secret(from: path, flag: "--code-file"))
    }

    /// - Throws: what ``key(for:)`` throws.
    func secondFactorKeys() throws -> SecondFactorKeys {
        try SecondFactorKeys { try key(for: $0) }
    }
}
