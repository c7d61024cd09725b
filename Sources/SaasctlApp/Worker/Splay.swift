/// A random wait before a run, so that the cron jobs of many hosts do not meet in the first second of each minute.
enum Splay {
    /// - Returns: anything from nothing to just under `limit`, in whole milliseconds.
    static func delay(below limit: Duration, using random: inout some RandomNumberGenerator) -> Duration {
        // The upper half of the product: a generator that a test fixes must not be asked until it says something else.
        .milliseconds(Int64(random.next().multipliedFullWidth(by: UInt64(limit / .milliseconds(1))).high))
    }
}
