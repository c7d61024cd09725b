#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Standard input, read in blocks. What is read ahead stays here for the next call.
struct BufferedInput: ~Copyable {
    static let lineLimit = 1 << 20
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    mutating func line() throws(TerminalError) -> String? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return text(buffer[start..<end])
            }
            searched = buffer.count
            if buffer.count - start > Self.lineLimit { throw .inputTooLong(limit: Self.lineLimit) }
            if isAtEnd {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                return text(buffer[start...])
            }
            searched -= try fill()
        }
    }

    mutating func all(limit: Int) throws(TerminalError) -> [UInt8] {
        while !isAtEnd {
            if buffer.count - start > limit { throw .inputTooLong(limit: limit) }
            _ = try fill()
        }
        defer { start = buffer.count }
        guard buffer.count - start <= limit else { throw .inputTooLong(limit: limit) }
        return Array(buffer[start...])
    }

    private func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes, as: UTF8.self)
    }

    /// Reads one block behind what is there.
    ///
    /// - Returns: by how much the kept bytes moved to the front.
    private mutating func fill() throws(TerminalError) -> Int {
        let moved = start
        buffer.removeFirst(start)
        start = 0
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(STDIN_FILENO, &block, block.count)
            if count >= 0 {
                isAtEnd = count == 0
                buffer += block[..<count]
                return moved
            }
            if errno == EAGAIN {
                var wait = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
                _ = poll(&wait, 1, -1)
            } else if errno != EINTR {
                throw .readFailed(errno: errno)
            }
        }
    }
}
