import PostgresServer
import Subprocess
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// PostgreSQL's own programs, as an operator runs them, under the account that servers run under.
public enum ServerTools {
    struct Failed: Error, CustomStringConvertible {
        let command: String
        let output: String
        var description: String { "\(command): \(output)" }
    }

    /// Lets the programs write into a folder.
    public static func open(_ folder: ScratchFolder) throws {
        guard chmod(folder.path.string, 0o777) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Runs a program to its end.
    ///
    /// - Parameter program: `pg_dump` and its like.
    /// - Parameter folder: where it runs; the account may write there.
    /// - Throws: what it said, where it failed.
    public static func run(_ program: String, _ arguments: [String], in folder: FilePath = "/tmp") async throws {
        let installation = try await installation()
        let account = try ServerAccount.suitable()
        var command = [installation.program(program).string] + arguments
        if account.isForeign {
            command = ["/usr/bin/setpriv", "--reuid=\(account.userID)", "--regid=\(account.groupID)", "--clear-groups", "--"] + command
        }
        var options = PlatformOptions()
        // A server that is started lives on.
        options.createSession = true
        let result = try await Subprocess.run(
            .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())),
            environment: .custom(["PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"]), workingDirectory: folder, platformOptions: options,
            output: .string(limit: 1 << 20), error: .combinedWithOutput)
        guard result.terminationStatus.isSuccess else {
            throw Failed(command: command.joined(separator: " "), output: result.standardOutput)
        }
    }

    static func installation() async throws -> PostgresInstallation {
        let path = ProcessVariables["PATH"] ?? "/usr/bin:/bin"
        return try await PostgresInstallation.find(
            environment: ["PATH": path, "SAASCTL_PG_BINDIR": ProcessVariables["SAASCTL_PG_BINDIR"] ?? ""])
    }
}
