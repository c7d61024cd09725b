/// Lets a writer wait until the reader has looked at what is there now, without a guess at how long that takes.
actor LevelWatch {
    private var polls = 0
    private var waiting: [(since: Int, continuation: CheckedContinuation<Void, Never>)] = []
    private var isOver = false

    /// - Returns: the number of the poll that now begins.
    func begins() -> Int {
        polls += 1
        return polls
    }

    /// A poll has found nothing more to read.
    func foundNothing(_ poll: Int) {
        for waiter in waiting where waiter.since < poll { waiter.continuation.resume() }
        waiting.removeAll { $0.since < poll }
    }

    /// The reader has ended; nobody waits for it any longer.
    func end() {
        isOver = true
        for waiter in waiting { waiter.continuation.resume() }
        waiting = []
    }

    /// Returns when a poll that begins after this call has found nothing more to read.
    func level() async {
        guard !isOver else { return }
        await withCheckedContinuation { waiting.append((polls, $0)) }
    }
}
