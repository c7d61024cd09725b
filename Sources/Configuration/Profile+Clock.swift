public import Kernel

extension Profile {
    /// The clock that commands on this profile go by: the machine's, shifted by what the clock file says.
    ///
    /// - Throws: ``ConfigurationError`` where the clock file cannot be read.
    public func clock(base: any WallClock = SystemClock()) throws(ConfigurationError) -> any WallClock {
        guard let clockFile, let shift = try ClockShift.read(clockFile) else { return base }
        return ShiftedClock(base, by: shift.duration)
    }
}

/// How far a clock is off, as its file says it: a number of microseconds and a line end.
public struct ClockShift: Sendable, Hashable {
    public let duration: Duration

    public init(_ duration: Duration) {
        self.duration = duration
    }

    /// - Returns: `nil` where there is no such file, which is how a clock that runs true looks.
    /// - Throws: ``ConfigurationError/invalid(file:line:problem:hint:)`` and ``ConfigurationError/unreadable(file:reason:)``.
    public static func read(_ path: String) throws(ConfigurationError) -> ClockShift? {
        let contents: TextFile.Contents
        do {
            guard let found = try TextFile.contents(of: path, limit: 64) else { return nil }
            contents = found
        } catch {
            throw .unreadable(file: path, reason: error.reason)
        }
        guard let line = String(validating: contents.bytes, as: UTF8.self)?.split(separator: "\n").first, let microseconds = Int64(line)
        else {
            throw .invalid(file: path, line: 1, problem: "it holds no number of microseconds", hint: "saasctl sandbox clock reset")
        }
        return ClockShift(.microseconds(microseconds))
    }

    /// What the file holds.
    public var text: String {
        let (seconds, attoseconds) = duration.components
        return "\(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)\n"
    }
}
