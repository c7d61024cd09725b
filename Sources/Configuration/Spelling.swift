import Kernel

enum Spelling {
    /// The candidate that one slip or two turn into `word`; `nil` where none is that close.
    static func nearest(to word: String, among candidates: some Collection<String>) -> String? {
        let limit = word.count < 5 ? 1 : 2
        let ranked = candidates.map { (candidate: $0, distance: word.editDistance(to: $0)) }.filter { $0.distance <= limit }
        return ranked.min { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }?.candidate
    }
}
