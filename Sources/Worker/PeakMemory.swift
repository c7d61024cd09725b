#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The most memory that this process has had so far.
public enum PeakMemory {
    /// `VmHWM` of proc(5). The `ru_maxrss` of getrusage(2), which stands in where there is no /proc, begins with what the process had that
    /// started this one.
    public static func kib() -> Int {
        guard let file = fopen("/proc/self/status", "r") else { return fromUsage() }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if text.hasPrefix("VmHWM:") { return Int(text.filter(\.isNumber)) ?? fromUsage() }
        }
        return fromUsage()
    }

    private static func fromUsage() -> Int {
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }
}
