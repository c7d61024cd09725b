import Postgres
import TestSupport
import Testing

@testable import Worker

/// What a worker that follows does after a look.
@Suite struct FollowRhythmTests {
    private func look(
        _ rhythm: inout FollowRhythm, _ events: Int, took: Duration = .milliseconds(2), _ bell: FollowRhythm.Bell = .armed,
        isLevel: Bool = true
    ) -> (step: FollowRhythm.Step, errand: FollowRhythm.Errand?) {
        rhythm.looked(events: events, took: took, bell: bell, isLevel: isLevel)
    }

    @Test func `few appends are seen at once, each by one look, and the bell stays in hand`() {
        var rhythm = FollowRhythm()
        for _ in 1...50 {
            #expect(look(&rhythm, 1) == (.sleep, nil))
            rhythm.slept(.milliseconds(17), wasRung: true)
        }
        #expect(look(&rhythm, 0) == (.sleep, nil))
    }

    @Test func `where nothing is left it takes the bell and looks once more before it sleeps`() {
        var rhythm = FollowRhythm()
        #expect(look(&rhythm, 0, .free) == (.look, .take))
        #expect(look(&rhythm, 0, .taken) == (.look, nil), "a lane may have looked before it was taken")
        #expect(look(&rhythm, 0, .armed) == (.sleep, nil))
        #expect(look(&rhythm, 1, .taken) == (.look, nil), "another lane may not have seen what one has found")
    }

    @Test func `a bell that is refused, or that nobody can ask for, does not make it spin`() {
        var rhythm = FollowRhythm()
        #expect(look(&rhythm, 0, .free) == (.look, .take))
        #expect(look(&rhythm, 0, .refused) == (.sleep, nil))
        #expect(look(&rhythm, 0, .refused) == (.sleep, nil))
        #expect(look(&rhythm, 0, .free) == (.look, .take))
        #expect(look(&rhythm, 0, .free) == (.sleep, nil))
    }

    @Test func `a crowd gets the bell back, and looks that find more than one commit`() {
        var rhythm = FollowRhythm()
        #expect(look(&rhythm, 4) == (.sleep, nil))
        rhythm.slept(.milliseconds(1), wasRung: true)
        #expect(look(&rhythm, 4) == (.sleep, nil))
        rhythm.slept(.milliseconds(1), wasRung: true)
        #expect(look(&rhythm, 4) == (.look, .giveBack))
        var rests: [FollowRhythm.Step] = []
        for _ in 1...5 { rests.append(look(&rhythm, 4, .free).step) }
        #expect(rests == [2, 4, 6, 8, 8].map { .rest(.milliseconds($0)) })
        #expect(look(&rhythm, 4_000, took: .milliseconds(70), .free).step == .rest(FollowRhythm.longestRest), "many, but no full chunk")
        // The crowd has gone.
        #expect(look(&rhythm, 0, .free) == (.look, .take))
        #expect(look(&rhythm, 1, .armed) == (.sleep, nil))
    }

    @Test func `a backlog is not rested from, and what is left over is looked for`() {
        var rhythm = FollowRhythm()
        for _ in 1...20 { #expect(look(&rhythm, ChunkSize.bounds.upperBound, .free) == (.look, nil)) }
        for _ in 1...20 { #expect(look(&rhythm, 1, .armed, isLevel: false) == (.look, nil)) }
    }
}

/// A bell as a reader holds it.
@Suite(.databases("organization")) struct SourceBellTests {
    @Test func `it is asked for once, and after a refusal with growing pauses`() async throws {
        let connection = try await connect("organization")
        var bell = SourceBell(connection)
        #expect(bell.state == .free && bell.patience == nil, "where no lane looks there is nothing to wait for but the next look")
        bell.request(.giveBack)
        #expect(bell.takeErrand() == nil)
        bell.request(.take)
        #expect(bell.takeErrand() == .take && bell.takeErrand() == nil)
        bell.done(.take, granted: false)
        var pauses: [Duration] = []
        for _ in 1...12 {
            bell.done(.take, granted: false)
            pauses.append(try #require(bell.patience))
        }
        #expect(bell.state == .refused && pauses.last.map { $0 > .seconds(3) && $0 <= .seconds(4) } == true, "\(pauses)")
        bell.request(.take)
        #expect(bell.takeErrand() == nil, "not before the pause is over")
        bell.rang()
        bell.request(.take)
        #expect(bell.takeErrand() == .take)
        bell.done(.take, granted: true)
        #expect(bell.state == .taken && bell.patience == nil)
        bell.beginRound()
        #expect(bell.state == .armed && bell.patience == nil)
        bell.request(.take)
        #expect(bell.takeErrand() == nil, "a second hold would need a second release")
        bell.request(.giveBack)
        #expect(bell.takeErrand() == .giveBack)
        bell.done(.giveBack, granted: true)
        #expect(bell.state == .free)
    }

    @Test func `one that was refused is waited for until it is asked for again, however long the look takes`() async throws {
        var bell = SourceBell(try await connect("organization"))
        bell.request(.take)
        _ = bell.takeErrand()
        bell.done(.take, granted: false)
        repeat {
            #expect(bell.state == .refused && bell.patience != nil, "free would be slept on without an end")
            bell.request(.take)
            await Task.yield()
        } while bell.takeErrand() == nil
        #expect(bell.state == .refused)
    }
}
