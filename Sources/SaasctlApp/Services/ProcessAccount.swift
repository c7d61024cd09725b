#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The account that the process runs under.
enum ProcessAccount {
    /// Its name, or its number where it has none. Looked up when first asked for: commands that only read need not wait for it.
    static let name: String = {
        guard let entry = getpwuid(geteuid()) else { return String(geteuid()) }
        return String(cString: entry.pointee.pw_name)
    }()
}
