#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The numbers that system calls leave in `errno`.
public enum SystemError {
    /// The system's words for an error number, first letter in lower case, as messages here begin.
    public static func text(_ number: Int32) -> String {
        // glibc keeps the buffer per thread since 2.32, musl returns constants.
        guard let words = strerror(number) else { return "error \(number)" }
        let text = String(cString: words)
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
