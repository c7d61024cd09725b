extension String {
    /// How many insertions, deletions, substitutions and swaps of neighbours make this text the other one (Damerau-Levenshtein in its
    /// restricted form, "optimal string alignment").
    public func editDistance(to other: String) -> Int {
        let left = Array(self)
        let right = Array(other)
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var current = [i + 1]
            for (j, b) in right.enumerated() {
                var best = Swift.min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a == b ? 0 : 1))
                if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { best = Swift.min(best, beforePrevious[j - 1] + 1) }
                current.append(best)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
