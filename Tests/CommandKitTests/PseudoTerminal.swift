import Glibc
import LineEditor
import Synchronization

/// A terminal in memory; the test has its other end.
final class PseudoTerminal: Sendable {
    let device: Int32
    private let controller: Int32
    private let seen = Mutex("")

    /// By the calls of tty_ioctl(2), since Swift's Glibc does not have posix_openpt(3).
    init() {
        let getNumber: UInt = 0x8004_5430
        let setLock: UInt = 0x4004_5431
        var number: Int32 = 0
        var lock: Int32 = 0
        controller = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        _ = ioctl(controller, setLock, &lock)
        _ = ioctl(controller, getNumber, &number)
        device = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    }

    func type(_ keys: String) {
        _ = Array(keys.utf8).withUnsafeBytes { write(controller, $0.baseAddress, $0.count) }
    }

    /// Waits until somebody has turned the echo off.
    func waitUntilSilent() async {
        var mode = termios()
        repeat {
            await Task.yield()
            tcgetattr(device, &mode)
        } while mode.c_lflag & tcflag_t(ECHO) != 0
    }

    /// Reads what is shown until it holds the text; what comes before it is forgotten.
    ///
    /// - Returns: what came before it.
    @discardableResult
    func wait(for text: String) async throws -> String {
        try await blocking { try self.waitHere(for: text) }
    }

    private func waitHere(for text: String) throws -> String {
        var block = [UInt8](repeating: 0, count: 4_096)
        while true {
            let before = seen.withLock { seen -> String? in
                guard let range = seen.firstRange(of: text) else { return nil }
                defer { seen.removeSubrange(..<range.upperBound) }
                return String(seen[..<range.lowerBound])
            }
            if let before { return before }
            let count = Glibc.read(controller, &block, block.count)
            guard count > 0 else { throw LineEditorError.readFailed(errno: errno) }
            seen.withLock { $0 += String(decoding: block[..<count], as: UTF8.self) }
        }
    }
}
