import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Lines from a pipe or a file, read in blocks. No prompt, no history.
///
/// A line may end with LF, CRLF or the end of input; a byte order mark in front of the first one is dropped.
public final class PlainLineReader: LineEditor {
    /// Reads up to that many bytes; none at the end of input, `nil` where the wait was interrupted.
    public typealias Source = @Sendable (_ count: Int) throws(LineEditorError) -> [UInt8]?

    private struct State {
        var buffer: [UInt8] = []
        var start = 0
        var isAtEnd = false
        var isFirstLine = true
    }

    private let state = Mutex(State())
    private let lineLimit: Int
    private let source: Source
    private let wakeUp: WakeUp?

    /// - Parameter descriptor: standard input where none is given; stays the caller's to close.
    /// - Parameter lineLimit: longer lines are skipped and reported as ``LineDefect/tooLong(limit:)``; memory is bounded by it.
    public init(descriptor: Int32 = 0, lineLimit: Int = 1 << 20) {
        let wakeUp = WakeUp()
        self.wakeUp = wakeUp
        self.lineLimit = lineLimit
        source = { count throws(LineEditorError) in try Self.read(descriptor, count, wakeUp) }
    }

    public init(lineLimit: Int = 1 << 20, source: @escaping Source) {
        wakeUp = nil
        self.lineLimit = lineLimit
        self.source = source
    }

    public func interrupt() {
        wakeUp?.send()
    }

    public func readLine(prompt: String) throws(LineEditorError) -> LineInput {
        try state.withLock { (state) throws(LineEditorError) in
            var isTooLong = false
            var searched = state.start
            while true {
                if let end = state.buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                    let bytes = state.buffer[state.start..<end]
                    state.start = end + 1
                    return isTooLong ? .unusable(.tooLong(limit: lineLimit)) : input(bytes, &state)
                }
                if state.isAtEnd {
                    let bytes = state.buffer[state.start...]
                    state.start = state.buffer.count
                    if isTooLong { return .unusable(.tooLong(limit: lineLimit)) }
                    return bytes.isEmpty ? .endOfInput : input(bytes, &state)
                }
                if state.buffer.count - state.start > lineLimit { isTooLong = true }
                // Of a line that is too long nothing needs to be kept.
                state.buffer.removeFirst(isTooLong ? state.buffer.count : state.start)
                state.start = 0
                searched = state.buffer.count
                guard let block = try source(65_536) else { return .interrupted }
                state.isAtEnd = block.isEmpty
                state.buffer += block
            }
        }
    }

    public func remember(_ line: String) {}

    private func input(_ bytes: ArraySlice<UInt8>, _ state: inout State) -> LineInput {
        var bytes = bytes
        if state.isFirstLine, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        state.isFirstLine = false
        if bytes.last == UInt8(ascii: "\r") { bytes = bytes.dropLast() }
        if bytes.count > lineLimit { return .unusable(.tooLong(limit: lineLimit)) }
        guard let line = String(validating: bytes, as: UTF8.self) else { return .unusable(.notUTF8) }
        return .line(line)
    }

    private static func read(_ descriptor: Int32, _ count: Int, _ wakeUp: WakeUp) throws(LineEditorError) -> [UInt8]? {
        var block = [UInt8](repeating: 0, count: count)
        while true {
            guard try wakeUp.wait(for: descriptor) else { return nil }
            let received = readBytes(descriptor, &block, count)
            if received >= 0 {
                block.removeLast(count - received)
                return block
            }
            if errno != EINTR && errno != EAGAIN { throw .readFailed(errno: errno) }
        }
    }
}

/// The call's name is that of a method here.
private let readBytes = read
