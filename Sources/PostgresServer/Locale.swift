#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

enum Locale {
    /// `C.UTF-8` where the system has it, so that `lower()` knows more than ASCII; `C` elsewhere. Sorting is by bytes either way.
    static var characterType: String {
        guard let locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) else { return "C" }
        freelocale(locale)
        return "C.UTF-8"
    }
}
