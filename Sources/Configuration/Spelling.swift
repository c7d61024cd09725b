enum Spelling {
    /// The candidate that one slip or two turn into `word`; `nil` where none is that close.
    static func nearest(to word: String, among candidates: some Collection<String>) -> String? {
        let limit = word.count < 5 ? 1 : 2
        let ranked = candidates.map { (candidate: $0, distance: distance(Array(word), Array($0))) }.filter { $0.distance <= limit }
        return ranked.min { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }?.candidate
    }

    /// Insertions, deletions, substitutions and swaps of neighbours between two words (optimal string alignment).
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var row = [i + 1]
            for (j, other) in right.enumerated() {
                var best = min(last[j] + (character == other ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, character == right[j - 1], left[i - 1] == other { best = min(best, beforeLast[j - 1] + 1) }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}
