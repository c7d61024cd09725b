import Postgres
import TestSupport
import Testing

struct NotificationTests {
    private let connection: Connection
    private let other: Connection
    private let channel = ScratchCluster.shared.uniqueName("Chan \"nel")

    init() async throws {
        connection = try await ScratchCluster.shared.open()
        other = try await ScratchCluster.shared.open()
    }

    private func notify(_ payload: String) async throws {
        try await other.run("select pg_notify(\(channel), \(payload))")
    }

    @Test(.hangLimit) func whatComesWhileWaitingAndWhatCameBefore() async throws {
        let sender = try await other.pid()
        let channel = channel
        let first = try await connection.session { session in
            try session.listen(channel)
            blocking { try await notify("one") }
            return try session.notifications(waitingUpTo: .seconds(30))
        }
        #expect(first.map(\.channel) == [channel])
        #expect(first.map(\.payload) == ["one"])
        #expect(first.map(\.senderPID) == [sender])
        try await notify("ü")
        // The answer of this query has the notification in front of it.
        try await connection.run("select 1")
        #expect(try await connection.session { try $0.notifications(waitingUpTo: .zero) }.map(\.payload) == ["ü"])
    }

    @Test(.hangLimit) func waitingWakesUp() async throws {
        let (channel, connection) = (channel, connection)
        try await connection.session { try $0.listen(channel) }
        let task = Task { try await connection.session { try $0.notifications(waitingUpTo: .seconds(50)) } }
        try await notify("late")
        #expect(try await task.value.map(\.payload) == ["late"])
    }

    @Test func nothingComes() async throws {
        let none = try await connection.session { session in
            try session.listen(channel)
            return try session.notifications(waitingUpTo: .milliseconds(20))
        }
        #expect(none == [])
        let error = try await postgresError { try await connection.transaction { try $0.notifications(waitingUpTo: .zero) } }
        #expect(error.kind == .misuse)
    }

    @Test(.hangLimit) func cancellationEndsTheWaitAtOnce() async throws {
        let connection = connection
        let task = Task { try await connection.session { try $0.notifications(waitingUpTo: .seconds(600)) } }
        task.cancel()
        #expect(try await postgresError { try await task.value }.kind == .cancelled)
        #expect(try await connection.value("select 1", as: Int.self) == 1)
        let late = try await postgresError {
            try await connection.session(deadline: .now + .milliseconds(20)) { try $0.notifications(waitingUpTo: .seconds(600)) }
        }
        #expect(late.kind == .deadlineExceeded)
    }

    @Test(.hangLimit) func aLostConnectionEndsTheWait() async throws {
        let connection = connection
        let pid = try await connection.pid()
        let task = Task { try await connection.session { try $0.notifications(waitingUpTo: .seconds(600)) } }
        try await other.run("select pg_terminate_backend(\(pid), 10000)")
        #expect(try await postgresError { try await task.value }.kind == .connectionLost)
    }
}
