import Cryptography
import FoundationEssentials
import IdentityEvents
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Identity

@Suite(.databases("identity")) struct SessionTests {
    private let password: PasswordHash

    init() throws {
        password = try hash("correct horse")
    }

    @Test func `a session, its token and the event come to be together; the token is kept as its hash`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org", hashed: password)
        let (change, token) = try await database.begin(ada, password)
        let now = OperationContext.ofTest().now
        #expect(change.value.status == .live && change.value.factors == [.password])
        // The lifetime that the issue of access tokens and refresh tokens asks for: 7 days.
        #expect(change.value.expiresAt == now.advanced(by: .seconds(7 * 86_400)))
        #expect(try await database.outbox(of: "identity").map(\.type) == ["saas.user.registered.v1", "saas.user.logged_in.v1"])
        #expect(try await database.outbox(of: "identity").map(\.sequence) == [1, 2])
        #expect(
            try await database.fetch("select encode(hash, 'hex') from refresh_tokens", as: String.self) == [token.fingerprint])
        #expect(!"\(token)".contains(token.text) && RefreshToken(token.text)?.fingerprint == token.fingerprint)
    }

    @Test func `what was compared with a password that is another by now begins nothing`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org", hashed: password)
        let other = try hash("other horse")
        await #expect(throws: IdentityError.credentialsWrong) { try await database.begin(ada, other) }
        #expect(try await database.fetch("select id::text from sessions", as: String.self).isEmpty)
    }

    // RFC 9700, section 4.14.2.
    @Test func `a refresh token is used once, and puts another in its place`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org", hashed: password)
        let (begun, first) = try await database.begin(ada, password)
        let later = OperationContext.ofTest(after: .seconds(3_600))
        let (decision, second) = try await database.refresh(first, later)
        guard case .success(let change) = decision else { Issue.record("\(decision)"); return }
        #expect(change.value.id == begun.value.id && change.value.refreshedAt == later.now)
        #expect(change.value.expiresAt == later.now.advanced(by: SessionService.refreshLifetime))
        #expect(change.events.isEmpty)
        #expect(try await database.refresh(second, later).decision.refusal == nil)
        #expect(try await database.fetch("select count(*)::text from refresh_tokens where spent_at is null", as: String.self) == ["1"])
    }

    // RFC 9700, section 4.14.2: "the authorization server … will revoke the active refresh token".
    @Test func `a spent token ends the family and the session, with an event, in the same transaction`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org", hashed: password)
        let (begun, first) = try await database.begin(ada, password)
        let (_, second) = try await database.refresh(first)
        #expect(try await database.refresh(first).decision.refusal == "REFRESH_TOKEN_REUSED")
        let session = try await database.loginSession(begun.value.id)
        #expect(session.status == .ended && session.ending == .reuse)
        let told = try await database.outbox(of: "identity").suffix(2)
        #expect(told.map(\.type) == ["saas.refresh_token.reuse_detected.v1", "saas.session.revoked.v1"])
        #expect(told.last?.data.contains(#""cause":"reuse""#) == true)
        // Neither the thief's token nor the robbed one's is worth anything, and there is nothing more to tell.
        for token in [first, second] {
            await #expect(throws: IdentityError.sessionEnded) { try await database.refresh(token) }
        }
        #expect(try await database.outbox(of: "identity").count == 4)
    }

    @Test func `expiry is exclusive`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org", hashed: password)
        let (begun, token) = try await database.begin(ada, password)
        let expired = OperationContext.ofTest(after: SessionService.refreshLifetime)
        await #expect(throws: IdentityError.refreshTokenExpired) { try await database.refresh(token, expired) }
        #expect(try await database.loginSession(begun.value.id, at: expired.now).status == .expired)
        let last = OperationContext.ofTest(at: expired.now.advanced(by: .microseconds(-1)))
        #expect(try await database.loginSession(begun.value.id, at: last.now).status == .live)
        #expect(try await database.refresh(token, last).decision.refusal == nil)
    }

    @Test func `nobody's token is refused`() async throws {
        let database = try await connect()
        await #expect(throws: IdentityError.refreshTokenUnknown) { try await database.refresh(.random()) }
        await #expect(throws: IdentityError.refreshTokenUnknown) {
            try await database.change("identity") { try SessionService.logout(.random(), in: $0, context: $1) }
        }
        for text in [
            "", "x", String(repeating: "A", count: 42), String(repeating: "A", count: 44), "\(String(repeating: "A", count: 42))B",
        ] {
            #expect(RefreshToken(text) == nil, "\(text)")
        }
    }

    @Test func `logging out ends the session once, also by a token that was spent`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org", hashed: password)
        let (_, first) = try await database.begin(ada, password)
        let (_, second) = try await database.refresh(first)
        let out = try await database.change("identity") { try SessionService.logout(first, in: $0, context: $1) }
        #expect(out.value.ending == .logout && out.events.map(\.type) == [UserLoggedOut.eventType])
        let again = try await database.change("identity") { try SessionService.logout(second, in: $0, context: $1) }
        #expect(again.value == out.value && again.rows.isEmpty && again.events.isEmpty)
    }

    @Test func `a session is revoked once; of a user's, those that live`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org", hashed: password)
        let bob = try await database.register("bob@example.org", hashed: password)
        for number in 1...3 as ClosedRange<UInt64> { try await database.begin(ada, password, id: .numbered(number)) }
        try await database.begin(bob, password, id: .numbered(9))
        let one = try await database.change("identity") { try SessionService.revoke(.numbered(2), in: $0, context: $1) }
        #expect(one.value.ending == .request && one.events.map(\.type) == [SessionRevoked.eventType])
        let again = try await database.change("identity") { try SessionService.revoke(.numbered(2), in: $0, context: $1) }
        #expect(again.rows.isEmpty && again.events.isEmpty)
        let all = try await database.change("identity") { try SessionService.revokeAll(of: ada.id, label: "ada", in: $0, context: $1) }
        #expect(all.value.revoked == 2 && all.events.map(\.sequence) == [6, 7])
        #expect(try await database.loginSession(.numbered(9)).status == .live)
        await #expect(throws: IdentityError.sessionNotFound(UUID.numbered(77).text)) {
            try await database.change("identity") { try SessionService.revoke(.numbered(77), in: $0, context: $1) }
        }
    }

    @Test func `a disabled user has no session, gets none, and after being enabled has to log in`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org", hashed: password)
        let (begun, token) = try await database.begin(ada, password)
        let disabled = try await database.change("identity") { try IdentityService.disable(ada.id, label: "ada", in: $0, context: $1) }
        #expect(disabled.value.status == .disabled && disabled.value.version == 2)
        #expect(disabled.events.map(\.type) == [UserDisabled.eventType, SessionRevoked.eventType])
        #expect(try await database.loginSession(begun.value.id).ending == .disabled)
        await #expect(throws: IdentityError.userDisabled("ada@example.org")) {
            try await database.begin(ada, password, id: .numbered(2))
        }
        let repeated = try await database.change("identity") { try IdentityService.disable(ada.id, label: "ada", in: $0, context: $1) }
        #expect(repeated.rows.isEmpty && repeated.events.isEmpty)
        let enabled = try await database.change("identity") { try IdentityService.enable(ada.id, label: "ada", in: $0, context: $1) }
        #expect(enabled.value.status == .active && enabled.events.map(\.type) == [UserEnabled.eventType])
        await #expect(throws: IdentityError.sessionEnded) { try await database.refresh(token) }
        try await database.begin(ada, password, id: .numbered(2))
        #expect(try await database.outbox(of: "identity").map(\.sequence) == [1, 2, 3, 4, 5, 6])
    }

    @Test func `a list goes page by page, by state`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org", hashed: password)
        for number in 1...5 as ClosedRange<UInt64> {
            try await database.begin(ada, password, id: .numbered(number), .ofTest(after: .seconds(Int64(number % 3))))
        }
        try await database.change("identity") { try SessionService.revoke(.numbered(4), in: $0, context: $1) }
        let now = OperationContext.ofTest().now
        func ids(_ status: LoginSession.Status?, at now: Timestamp) async throws -> [UUID] {
            try await pages { cursor in
                try await database.session {
                    try SessionService.list(of: ada.id, status: status, before: cursor, limit: 2, at: now, in: $0)
                }
            }.joined().map(\.id)
        }
        let all: [UUID] = [.numbered(5), .numbered(2), .numbered(4), .numbered(1), .numbered(3)]
        #expect(try await ids(nil, at: now) == all)
        #expect(try await ids(.live, at: now) == all.filter { $0 != .numbered(4) })
        #expect(try await ids(.ended, at: now) == [.numbered(4)])
        #expect(try await ids(.expired, at: now.advanced(by: SessionService.refreshLifetime)) == [.numbered(3)])
    }

    @Test func `of sixteen refreshing one token none is left with a live successor`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org", hashed: password)
        let (begun, token) = try await database.begin(ada, password)
        let outcomes = try await withThrowingTaskGroup(of: String?.self) { group in
            for connection in try await connections(16) {
                group.addTask {
                    do {
                        return try await connection.refresh(token).decision.refusal
                    } catch let error as IdentityError {
                        return error.failure.code.name
                    }
                }
            }
            return try await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == nil } == 1 && outcomes.count { $0 == "REFRESH_TOKEN_REUSED" } == 1)
        #expect(outcomes.count { $0 == "SESSION_ENDED" } == 14)
        #expect(try await database.loginSession(begun.value.id).ending == .reuse)
        #expect(try await database.outbox(of: "identity").map(\.sequence) == [1, 2, 3, 4])
    }

    @Test func `who refreshes while the session is revoked is too late`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org", hashed: password)
        let (begun, token) = try await database.begin(ada, password)
        let (_, refreshed) = try await rivalry(
            connect(), { try SessionService.revoke(begun.value.id, in: $0, context: .ofTest()) },
            against: connect(), { try SessionService.refresh(token, with: .random(), in: $0, context: .ofTest()) })
        #expect(throws: IdentityError.sessionEnded) { _ = try refreshed.get() }
    }
}
