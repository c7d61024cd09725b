public import Kernel
public import SystemPackage

/// What can go wrong between this machine and a private PostgreSQL server.
public enum ServerError: DomainError, Sendable {
    /// No PostgreSQL 13 or newer; `searched` are the places that were looked at.
    case noInstallation(searched: [FilePath])
    /// `SAASCTL_PG_BINDIR` names a folder without the programs, or one of another version than the data needs.
    case unusableBinaries(FilePath, reason: String)
    /// The data belong to a version that is not installed.
    case versionMissing(data: Int, folder: FilePath)
    case noUnprivilegedAccount
    /// Root lacks a program that starts another under this account.
    case noWayToChangeAccount(String)
    /// A folder on the way to the data that the server's account may not enter.
    case unreachable(FilePath, account: String, barrier: FilePath)
    case notInitialized(FilePath)
    /// There is something where the data belong that no server put there.
    case foreignFolder(FilePath)
    /// The folder for the socket belongs to somebody else, or others may enter it.
    case unsafeSocketFolder(FilePath)
    case programFailed(String, output: String)
    /// Processes of a server that died still use its memory.
    case remainsRunning(FilePath)
    case stillStarting(FilePath, seconds: Int)

    public var failure: Failure {
        switch self {
        case .noInstallation(let searched):
            Failure(
                .configuration, "no PostgreSQL 13 or newer was found on this machine", hint: InstallHint.text,
                details: [
                    "searched: \(searched.map(\.string).joined(separator: ", "))",
                    "elsewhere: name its folder of programs in SAASCTL_PG_BINDIR",
                ])
        case .unusableBinaries(let folder, let reason):
            Failure(
                .configuration, "SAASCTL_PG_BINDIR names \"\(folder)\": \(reason)",
                hint: "unset SAASCTL_PG_BINDIR to search the usual places")
        case .versionMissing(let version, let folder):
            Failure(
                .configuration, "the data in \"\(folder)\" were made by PostgreSQL \(version), which is not installed",
                hint: "install PostgreSQL \(version), or destroy the data with: saasctl sandbox reset")
        case .noUnprivilegedAccount:
            Failure(
                .configuration, "PostgreSQL does not run as root, and there is no account \"postgres\" or \"nobody\" to run it under",
                hint: "create one: useradd --system postgres")
        case .noWayToChangeAccount(let account):
            Failure(
                .configuration, "PostgreSQL does not run as root, and there is neither setpriv nor runuser to run it as \"\(account)\"",
                hint: "install util-linux")
        case .unreachable(let folder, let account, let barrier):
            Failure(
                .configuration,
                "the account \"\(account)\", under which the server runs, cannot reach \"\(folder)\": \"\(barrier)\" is closed to it",
                hint: "choose another folder with SAASCTL_SANDBOX_DIR, or unset it")
        case .notInitialized(let folder):
            Failure(.configuration, "there are no server data in \"\(folder)\"", hint: "saasctl sandbox start")
        case .foreignFolder(let folder):
            Failure(
                .configuration, "\"\(folder)\" exists and holds no PostgreSQL data",
                hint: "move it away, or choose another folder with SAASCTL_SANDBOX_DIR")
        case .unsafeSocketFolder(let folder):
            Failure(
                .configuration, "the folder \"\(folder)\" for the server's socket belongs to somebody else or is open to others",
                hint: "remove it")
        case .programFailed(let program, let output):
            Failure(.unexpected, "\(program) failed", details: output.split(separator: "\n").suffix(12).map(String.init))
        case .remainsRunning(let folder):
            Failure(
                ErrorCode("SERVER_BUSY", .tryAgain), "processes of a server that crashed still run on \"\(folder)\"",
                hint: "try again in a moment")
        case .stillStarting(let folder, let seconds):
            Failure(
                .timedOut, "the server on \"\(folder)\" was not ready after \(seconds) seconds",
                hint: "it may be recovering: saasctl sandbox status")
        }
    }
}
