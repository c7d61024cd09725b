#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Reads a line from a terminal without showing it.
enum HiddenInput {
    /// Signals from the keyboard are taken as characters meanwhile: a process that died here would leave its terminal mute.
    static func line(from descriptor: Int32) throws(TerminalError) -> String? {
        var saved = termios()
        guard tcgetattr(descriptor, &saved) == 0 else { throw .readFailed(errno: errno) }
        var hidden = saved
        hidden.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        // FLUSH: what was typed before the question is no answer to it.
        guard tcsetattr(descriptor, TCSAFLUSH, &hidden) == 0 else { throw .readFailed(errno: errno) }
        defer { tcsetattr(descriptor, TCSAFLUSH, &saved) }

        var bytes: [UInt8] = []
        while true {
            try InputWait.untilReady(descriptor)
            var byte: UInt8 = 0
            let count = readBytes(descriptor, &byte, 1)
            if count < 0 {
                if errno == EINTR { continue }
                throw .readFailed(errno: errno)
            }
            switch (count, byte) {
            case (0, _), (_, 4): return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
            case (_, 10), (_, 13): return String(decoding: bytes, as: UTF8.self)
            case (_, 3): throw .interrupted
            case (_, 8), (_, 127):
                while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
            case (_, 21): bytes.removeAll()
            default: bytes.append(byte)
            }
        }
    }
}
