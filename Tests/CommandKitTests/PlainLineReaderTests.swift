import Glibc
import LineEditor
import Synchronization
import Testing

@Suite struct PlainLineReaderTests {
    /// Reads all that the blocks hold.
    private func read(_ blocks: [[UInt8]], limit: Int = 1 << 20) throws -> [LineInput] {
        let rest = Mutex(blocks[...])
        let reader = PlainLineReader(lineLimit: limit) { _ in rest.withLock { $0.popFirst() } ?? [] }
        var lines: [LineInput] = []
        while case let line = try reader.readLine(prompt: ""), line != .endOfInput { lines.append(line) }
        return lines
    }

    @Test func linesEndWithEitherLineEndOrTheInput() throws {
        #expect(try read([Array("a\nb\r\n\nlast".utf8)]) == [.line("a"), .line("b"), .line(""), .line("last")])
        #expect(try read([]) == [])
        #expect(try read([Array("\n".utf8)]) == [.line("")])
    }

    @Test func blocksMayEndAnywhere() throws {
        let bytes = Array("Zoë\r\n日本\nx".utf8)
        for size in 1...bytes.count {
            let blocks = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
            #expect(try read(blocks) == [.line("Zoë"), .line("日本"), .line("x")])
        }
    }

    @Test func whatIsNotUTF8IsRefusedAndTheNextLineIsFine() throws {
        #expect(try read([[0x61, 0xFF, 0x0A, 0x62, 0x0A]]) == [.unusable(.notUTF8), .line("b")])
    }

    @Test func aLineThatIsTooLongIsSkipped() throws {
        let long = [UInt8](repeating: 0x78, count: 100)
        #expect(
            try read([long, long, [0x0A, 0x62, 0x0A], long], limit: 50) == [
                .unusable(.tooLong(limit: 50)), .line("b"), .unusable(.tooLong(limit: 50)),
            ])
        #expect(try read([Array(long.prefix(50)) + [0x0A]], limit: 50) == [.line(String(repeating: "x", count: 50))])
    }

    @Test func aByteOrderMarkIsDropped() throws {
        #expect(try read([[0xEF, 0xBB, 0xBF, 0x61, 0x0A, 0xEF, 0xBB, 0xBF]]) == [.line("a"), .line("\u{FEFF}")])
    }

    @Test func aWaitForAPipeCanBeInterrupted() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (output, input) = (ends[0], ends[1])
        defer {
            close(output)
            close(input)
        }
        let reader = PlainLineReader(descriptor: output)
        async let line = blocking { try reader.readLine(prompt: "") }
        reader.interrupt()
        #expect(try await line == .interrupted)
        #expect(write(input, "half", 4) == 4)
        #expect(write(input, " and half\n", 10) == 10)
        #expect(try reader.readLine(prompt: "") == .line("half and half"))
    }
}
