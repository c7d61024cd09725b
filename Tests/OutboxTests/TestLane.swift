import Kernel
import Outbox
import Postgres
import TestSupport

/// A lane without a consumer: reads an outbox by windows and keeps its state in memory.
actor TestLane {
    private let reader: Connection
    private let windows: WindowReader
    private(set) var cursor: WindowCursor
    /// The lengths of the chunks read so far.
    private(set) var chunks: [Int] = []
    /// How many windows were opened that had something in them.
    private(set) var windowsRead = 0

    init(source: String = "organization", chunkBytes: Int64 = 4 << 20, resuming checkpoint: LaneCheckpoint = .start) async throws {
        let reader = try await TestDatabases.current[source].connect()
        let windows = WindowReader(source: source, chunkBytes: chunkBytes)
        try await reader.session { try windows.prepare($0) }
        self.reader = reader
        self.windows = windows
        cursor = WindowCursor(resuming: checkpoint)
    }

    /// - Returns: whether a window is open now.
    func open() async throws -> Bool {
        guard case .open(let lo) = cursor.next(limit: 1) else { return true }
        let windows = windows
        let opening = try await reader.session { try windows.open(after: lo, in: $0) }
        guard try cursor.opened(opening) else { return false }
        windowsRead += 1
        return true
    }

    /// The next chunk of the open window; empty where the window has ended.
    func chunk(limit: Int) async throws -> [StoredEvent] {
        guard case .read(let request) = cursor.next(limit: limit) else { return [] }
        let windows = windows
        let (events, reachedEnd) = try await reader.session { try windows.read(request, in: $0) }
        _ = cursor.received(events, reachedEnd: reachedEnd)
        chunks.append(events.count)
        return events
    }

    /// Everything there is now.
    func drain(limit: Int = 100) async throws -> [StoredEvent] {
        var events: [StoredEvent] = []
        while try await open() { events += try await chunk(limit: limit) }
        return events
    }

    var checkpoint: LaneCheckpoint { cursor.checkpoint }

    func backlog() async throws -> WindowReader.Backlog {
        let windows = windows
        let checkpoint = cursor.checkpoint
        return try await reader.session { try windows.backlog(beyond: checkpoint, in: $0) }
    }
}
