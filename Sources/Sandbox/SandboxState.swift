import Configuration
import PostgresServer
import SystemPackage

/// What later commands need to know of a sandbox, in a file that they read on every start: one word, and where the socket is.
struct SandboxState: Sendable, Hashable {
    let isStarted: Bool
    let socketFolder: FilePath

    /// - Returns: `nil` where no sandbox was ever started.
    static func read(_ folder: SandboxFolder) throws -> SandboxState? {
        guard let text = try Files.readText(folder.state) else { return nil }
        let lines = text.split(separator: "\n", maxSplits: 1)
        guard lines.count == 2, lines[0] == "started" || lines[0] == "stopped" else {
            throw ConfigurationError.invalid(
                file: folder.state.string, line: 1, problem: "it is not the state of a sandbox",
                hint: "remove it, then: saasctl sandbox start")
        }
        return SandboxState(
            isStarted: lines[0] == "started", socketFolder: FilePath(String(lines[1].drop { $0 == "\n" }.prefix { $0 != "\n" })))
    }

    func write(_ folder: SandboxFolder) throws {
        try Files.replace(
            folder.state, with: Array("\(isStarted ? "started" : "stopped")\n\(socketFolder)\n".utf8),
            mode: [.ownerReadWrite, .groupRead, .otherRead])
    }
}
