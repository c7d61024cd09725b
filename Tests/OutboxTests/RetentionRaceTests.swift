import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

/// Partitions are dropped again and again while lanes at different points read and producers append.
@Suite(.databases("organization"), .hangLimit) struct RetentionRaceTests {
    private static let events: UInt64 = 400

    /// A lane that reads a few rows at a time, and where it stood when it last said so.
    private actor SlowLane {
        private let lane: TestLane
        private(set) var read: [StoredEvent] = []

        init() async throws {
            lane = try await TestLane()
        }

        /// - Returns: false where nothing was there.
        func step(_ limit: Int) async throws -> Bool {
            guard try await lane.open() else { return false }
            read += try await lane.chunk(limit: limit)
            return true
        }

        var checkpoint: LaneCheckpoint { get async { await lane.checkpoint } }
    }

    @Test func `no lane misses an event, and no producer waits`() async throws {
        let outbox = try await RetentionFixture()
        let lanes = [try await SlowLane(), try await SlowLane(), try await SlowLane()]
        let isWritten = Flag()
        let isRead = Flag()
        let pruning = Task {
            var dropped: Set<Int64> = []
            while !isRead.isRaised {
                var readers: [RetentionReader] = []
                for (index, lane) in lanes.enumerated() {
                    readers.append(RetentionReader(consumer: "lane\(index)", head: .at(await lane.checkpoint, outbox.epoch)))
                }
                for (lower, fate) in try await outbox.prune(readers, attempts: 5) where fate.action == .dropped { dropped.insert(lower) }
            }
            return dropped
        }
        try await withThrowingTaskGroup { group in
            group.addTask {
                let producer = try await RetentionFixture.connect()
                try await producer.run("set lock_timeout = '2s'")
                for number in 0..<Self.events {
                    try await producer.append([try .thing(.id(5_000 + number))])
                    // On to the next partition every now and then.
                    if number % 8 == 7 {
                        _ = try await outbox.superuser.session { session in
                            try session.run(Query("select setval('outbox_position_seq', nextval('outbox_position_seq') + 300)"))
                            try session.run(Query("select outbox_extend(4, 1000)"))
                        }
                    }
                }
                await producer.close()
                isWritten.raise()
            }
            for (index, lane) in lanes.enumerated() {
                group.addTask {
                    while true {
                        let isLast = isWritten.isRaised
                        if try await !lane.step(1 + 3 * index), isLast { return }
                    }
                }
            }
            try await group.waitForAll()
        }
        isRead.raise()
        let dropped = try await pruning.value
        let expected = Int(Self.events) + 15
        for lane in lanes {
            let read = await lane.read
            #expect(read.count == expected && Set(read.map(\.id)).count == expected)
        }
        #expect(dropped.count > 3, "there were drops to race with")
    }
}
