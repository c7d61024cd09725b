extension DurationText {
    /// A duration for people, in its two largest units, and so that it can be typed again: `250ms`, `12s`, `5m12s`, `3d4h`. Nothing smaller
    /// than a millisecond shows; what is negative shows as nothing has passed: `0s`.
    public static func text(_ duration: Duration) -> String {
        let milliseconds = max(0, Int64(duration / .milliseconds(1)))
        guard milliseconds >= 1_000 else { return milliseconds == 0 ? "0s" : "\(milliseconds)ms" }
        let seconds = milliseconds / 1_000
        let parts = [(seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")]
        let shown = parts.drop { $0.0 == 0 }.prefix(2)
        return shown.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
    }
}
