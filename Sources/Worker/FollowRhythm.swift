/// Decides what a worker that follows does after each look at a source. A value without I/O.
///
/// While little is appended it sleeps with the bell in its hand: each append rings, and is seen at once. Where much is appended, ringing would
/// cost the appends a lock of the whole cluster each: then it gives the bell back, looks again and again, and rests in between for several times
/// as long as looking takes, so that a look finds the events of many commits, and leaves the processors to those who append. Only where a look
/// finds a full chunk does it go on at once: then it is behind.
struct FollowRhythm: Sendable {
    enum Step: Equatable, Sendable {
        case look
        /// Look again after this time.
        case rest(Duration)
        /// Wait for the bell.
        case sleep
    }

    /// What the next look does about the bell in the same round trip.
    enum Errand: Equatable, Sendable {
        case take, giveBack
    }

    enum Bell: Equatable, Sendable {
        /// In hand since before the look: what it has not seen rings.
        case armed
        /// Taken in this very look. What some of its lanes have not seen may have come before.
        case taken
        /// Never asked for, or given back.
        case free
        /// Somebody else's when it was last asked for.
        case refused
    }

    /// Events wait no longer than this for the next look.
    static let longestRest = Duration.milliseconds(200)
    /// A rest is at most so many times as long as the look before it.
    private static let restfulness = 4
    /// A bell that rings within this time after a look belongs to a crowd.
    static let quick = Duration.milliseconds(5)
    /// So many looks in a row may find something before it is a crowd.
    static let patience = 3

    private var busy = 0
    private var hasAsked = false

    /// Takes what a look was like.
    ///
    /// - Parameter events: how many it found; of several lanes the largest number.
    /// - Parameter duration: how long looking and applying took.
    /// - Parameter bell: as the look has left it.
    /// - Parameter isLevel: nothing was left over for another look.
    mutating func looked(events: Int, took duration: Duration, bell: Bell, isLevel: Bool) -> (step: Step, errand: Errand?) {
        guard bell != .taken else { return (.look, nil) }
        guard events > 0 else {
            busy = 0
            // Once between two sleeps: where no lane can look at all, nobody can take it either.
            guard bell == .free, !hasAsked else {
                hasAsked = false
                return (.sleep, nil)
            }
            hasAsked = true
            return (.look, .take)
        }
        hasAsked = false
        busy += 1
        guard isLevel else { return (.look, nil) }
        if bell == .armed { return busy < Self.patience ? (.sleep, nil) : (.look, .giveBack) }
        guard busy > Self.patience, events < ChunkSize.bounds.upperBound else { return (.look, nil) }
        return (.rest(min(duration * min(busy - Self.patience, Self.restfulness), Self.longestRest)), nil)
    }

    mutating func slept(_ duration: Duration, wasRung: Bool) {
        if !wasRung || duration >= Self.quick { busy = 0 }
    }
}
