import ArgumentParser
import CommandKit
import Identity

/// The flag of commands that may ask for a second factor.
struct SecondFactorCodeOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take a code of the app, or a recovery code, from the first line of this file; - is standard input.", valueName: "file"),
        completion: .file())
    var codeFile: String?

    /// - Returns: `nil` where the flag is not given.
    func read(_ context: CommandContext) throws -> SecondFactorCode? {
        try codeFile.map { try context.secondFactorCode(from: $0) }
    }
}
