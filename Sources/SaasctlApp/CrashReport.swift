#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a person sees where the program itself is broken: one line instead of a Swift crash report.
enum CrashReport {
    /// Takes over the signals that end a broken program. Swift's runtime has set its own handlers by then.
    static func install() {
        for number in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE] {
            // Only what signal-safety(7) allows: write(2) and _exit(2).
            signal(number) { _ in
                let message: StaticString =
                    "error: saasctl is broken and has stopped; nothing was committed by the step that failed\n  code: UNEXPECTED\n"
                _ = write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
                _exit(1)
            }
        }
    }
}
