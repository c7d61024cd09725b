import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A program that was started by the fixture and may still run.
public struct RunningProgram: Sendable {
    public let processID: Int32

    /// For a process that something else has started.
    public init(processID: Int32) {
        self.processID = processID
    }

    /// - Throws: `Errno` where there is no such process any more.
    public func send(signal: Int32) throws {
        guard kill(processID, signal) == 0 else { throw Errno(rawValue: errno) }
    }
}
