import Kernel

extension Failure {
    /// With `--org` in a hint that needs it to lead anywhere: what a command of an organization's is called without one is an error itself.
    ///
    /// - Parameter organization: what `--org` said on the command line that failed.
    func naming(organization: String?) -> Failure {
        guard let organization, let hint, !hint.contains(", "), let words = try? ShellWords.split(hint), !words.contains(organization),
            Self.needy.contains(where: { words.starts(with: ["saasctl"] + $0) })
        else { return self }
        return Failure(code, message, hint: "\(hint) --org \(ShellWords.quoted(organization))", details: details)
    }

    /// The commands that work on one organization and take it by `--org`.
    private static let needy = [
        ["workflow", "project"], ["workflow", "task"], ["billing", "entitlement"], ["billing", "sub"], ["org", "member"],
        ["org", "invite"],
    ]
}
