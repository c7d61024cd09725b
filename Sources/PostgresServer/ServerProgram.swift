import Subprocess
import SystemPackage

/// One of PostgreSQL's programs, to be run under an account, with nothing of the caller's environment.
struct ServerProgram {
    private let path: FilePath
    private let account: ServerAccount?

    /// - Parameter account: who runs it; `nil` and the caller's own account change nothing.
    init(_ path: FilePath, account: ServerAccount? = nil) {
        self.path = path
        self.account = account
    }

    struct Outcome {
        let succeeded: Bool
        /// Both streams, as they came.
        let output: String

        var firstLine: String { output.split(separator: "\n").first.map(String.init) ?? "" }
    }

    /// Runs the program to its end; cancelling the task ends the program.
    ///
    /// - Parameter folder: where it runs. Relative names then keep paths away from the shell that pg_ctl starts servers with.
    func run(_ arguments: [String], in folder: FilePath? = "/") async throws -> Outcome {
        let (program, arguments) = try command(arguments)
        var options = PlatformOptions()
        // A session of its own: Ctrl-C at the terminal ends the command, not the server that it started.
        options.createSession = true
        let result = try await Subprocess.run(
            .path(program), arguments: Arguments(arguments), environment: .custom(Self.environment), workingDirectory: folder,
            platformOptions: options, output: .string(limit: 1 << 20), error: .combinedWithOutput)
        return Outcome(succeeded: result.terminationStatus.isSuccess, output: result.standardOutput)
    }

    /// The command that runs the program under the account.
    ///
    /// Another program changes the account: glibc's setgroups(3) and setuid(3), when they are called between fork and exec, may wait forever
    /// for threads that the child does not have, as `PlatformOptions.userID` would have it.
    private func command(_ arguments: [String]) throws(ServerError) -> (FilePath, [String]) {
        guard let account, account.isForeign else { return (path, arguments) }
        for setpriv in ["/usr/bin/setpriv", "/bin/setpriv"] as [FilePath] where Files.isExecutable(setpriv) {
            let change = ["--reuid=\(account.userID)", "--regid=\(account.groupID)", "--clear-groups", "--"]
            return (setpriv, change + [path.string] + arguments)
        }
        for runuser in ["/usr/sbin/runuser", "/sbin/runuser"] as [FilePath] where Files.isExecutable(runuser) {
            return (runuser, ["-u", account.name, "--", path.string] + arguments)
        }
        throw .noWayToChangeAccount(account.name)
    }

    /// PostgreSQL's programs read a dozen `PG…` variables and take time zone and language from the environment: none of it is wanted.
    private static let environment: [Environment.Key: String] = ["PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"]
}
