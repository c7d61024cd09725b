import Kernel

/// Finds what somebody meant to type.
enum Spelling {
    /// Words that other tools have for the same thing.
    private static let synonyms: [String: [String]] = [
        "ls": ["list"], "show": ["get", "list"], "describe": ["get"], "view": ["get"], "info": ["get", "status"], "new": ["create", "add"],
        "add": ["create", "register"], "make": ["create"], "rm": ["delete", "remove"], "del": ["delete", "remove"],
        "remove": ["delete", "revoke"], "delete": ["remove", "revoke", "cancel"], "edit": ["update", "change", "set"],
        "update": ["change", "set"], "mv": ["rename"], "organization": ["org"], "organisation": ["org"], "user": ["identity"],
        "subscription": ["sub"], "signup": ["register"], "up": ["start"], "down": ["stop"],
    ]

    /// - Returns: the candidate with the least typing errors, if there are few for its length; then one that begins with the word; then
    ///   one that means the same.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        // Nothing here is that long, and comparing takes as long as the word.
        guard word.utf8.count <= 100 else { return nil }
        // The dashes of a flag say nothing.
        let limit = word.drop { $0 == "-" }.count <= 3 ? 1 : 2
        let distances = candidates.map { (candidate: $0, distance: word.lowercased().editDistance(to: $0.lowercased())) }
        if let best = distances.min(by: { $0.distance < $1.distance }), best.distance <= limit, best.distance < best.candidate.count {
            return best.candidate
        }
        if word.count >= 2, let longer = candidates.first(where: { $0.hasPrefix(word) }) { return longer }
        return synonyms[word]?.first { candidates.contains($0) }
    }
}
