/// Words as a POSIX shell reads and writes them.
public enum ShellWords {
    /// The word as it can be pasted into a shell: in single quotes where it holds anything but letters, digits and `@%+=:,./_-`.
    public static func quoted(_ word: String) -> String {
        let isPlain = word.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || "0123456789@%+=:,./_-".unicodeScalars.contains(scalar)
        }
        if isPlain && !word.isEmpty { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
