/// Which lines may be written to a history file.
public enum HistoryPolicy {
    private static let secretWords = ["password", "passphrase", "secret", "token", "otp", "recovery", "credential", "apikey", "api-key"]

    /// False for blank lines, lines that begin with a space (the habit of `HISTCONTROL=ignorespace`), and lines that look as if they held
    /// a secret: a flag named like one, a password in a URL, a JWT.
    public static func mayStore(_ line: String) -> Bool {
        guard let first = line.first, !first.isWhitespace else { return false }
        return !line.split(whereSeparator: \.isWhitespace).contains(where: looksSecret)
    }

    private static func looksSecret(_ word: Substring) -> Bool {
        let unquoted = word.drop { $0 == "'" || $0 == "\"" }
        if unquoted.hasPrefix("-") {
            let flag = unquoted.prefix { $0 != "=" }.lowercased()
            // The secret is in the file, not in the line.
            if flag.hasSuffix("-file") { return false }
            return secretWords.contains { flag.contains($0) }
        }
        if unquoted.hasPrefix("eyJ"), unquoted.contains(".") { return true }
        if let scheme = unquoted.firstRange(of: "://") {
            let authority = unquoted[scheme.upperBound...].prefix { $0 != "/" }
            return authority.contains("@") && authority.prefix { $0 != "@" }.contains(":")
        }
        return unquoted.lowercased().hasPrefix("password=")
    }
}
