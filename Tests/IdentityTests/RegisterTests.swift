import Cryptography
import FoundationEssentials
import IdentityEvents
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Identity

@Suite(.databases("identity")) struct RegisterTests {
    @Test func `a user, a row and an event come to be together`() async throws {
        let database = try await connect()
        let context = OperationContext.ofTest()
        let change = try await database.register(" Ada@Example.org ", name: "Ada Lovelace", context)
        let user = change.value
        #expect(user.email == "Ada@Example.org")
        #expect(user.name == "Ada Lovelace")
        #expect(user.status == .active)
        #expect(!user.hasPassword)
        #expect(user.version == 1)
        #expect(user.createdAt == context.now && user.updatedAt == context.now)
        #expect(try await database.user(user.id.text) == user)

        #expect(change.rows == [try ChangedRow(.insert, "users", user)])
        #expect(change.events.count == 1)
        let stored = try await database.outbox(of: "identity")
        #expect(stored.map(\.type) == ["saas.user.registered.v1"])
        #expect(stored.map(\.subject) == [user.id])
        #expect(stored.map(\.sequence) == [1])
        #expect(stored.map(\.organizationId) == [nil])
        #expect(stored.map(\.time) == [context.now])
        #expect(stored.map(\.actor) == ["operator:ada"])
        #expect(stored.map(\.correlationId) == [context.correlationId])
        #expect(stored.map { EventHash.hash(of: $0) } == stored.map(\.hash))
        #expect(try await database.fetchOne("select event_sequence from users", as: Int64.self) == 1)
    }

    @Test func `the event tells nothing of the person`() async throws {
        let database = try await connect()
        let user = try await database.register("ada@example.org").value
        #expect(try await database.outbox(of: "identity").map(\.data) == [#"{"user_id":"\#(user.id.text)","has_password":false}"#])
    }

    @Test func `a password is kept as its hash, which nobody is shown`() async throws {
        let database = try await connect()
        let change = try await database.register("ada@example.org", password: .ofTest("correct horse"))
        #expect(change.value.hasPassword)
        #expect(try change.events.map { try $0.decoded(UserRegistered.self).hasPassword } == [true])
        let hash = PasswordHash(stored: try await database.fetchOne("select password_hash from users", as: String.self))
        #expect(try hash.matches("correct horse"))
        #expect(!change.rows.map(\.values.compact).joined().contains("$2b$"))
        #expect(!change.events.map(\.data).joined().contains("$2b$"))
    }

    @Test func `one address in another case or Unicode form is the same user`() async throws {
        let database = try await connect()
        try await database.register("José@Example.org")
        for other in ["josé@example.org", "JOSÉ@EXAMPLE.ORG", "jose\u{301}@example.org", "JOSE\u{301}@Example.Org", " josé@example.org\n"] {
            await #expect(throws: IdentityError.emailTaken(other.trimmed)) { try await database.register(other) }
            #expect(try await database.user(other).email == "José@Example.org")
        }
        // Where accents make another letter, it is another address.
        try await database.register("jose@example.org")
        #expect(try await database.fetchOne("select count(*) from users", as: Int.self) == 2)
        #expect(try await database.outbox(of: "identity").count == 2)
    }

    @Test func `the longest address fits, in every form that its letters take`() async throws {
        let database = try await connect()
        // A letter that gets longer without case (U+0130), and one that gets longer when normalised (U+0958).
        for letter in ["\u{130}", "\u{958}", "x"] {
            let width = letter.utf8.count
            let email = String(repeating: letter, count: 64 / width) + "@" + String(repeating: letter, count: 251 / width) + ".org"
            try await database.register(email)
            await #expect(throws: IdentityError.emailTaken(email)) { try await database.register(email) }
        }
    }

    @Test func `a taken address leaves the transaction usable`() async throws {
        let database = try await connect()
        try await database.register("ada@example.org")
        let names = try await database.transaction { session in
            let name = try PersonName("Ada")
            let taken = try EmailAddress("ada@example.org")
            #expect(throws: IdentityError.emailTaken("ada@example.org")) {
                try IdentityService.register(email: taken, name: name, password: nil, in: session, context: .ofTest())
            }
            _ = try IdentityService.register(
                email: EmailAddress("bob@example.org"), name: name, password: nil, in: session, context: .ofTest())
            return try IdentityService.list(limit: 10, in: session).items.compactMap(\.email)
        }
        #expect(Set(names) == ["ada@example.org", "bob@example.org"])
    }

    @Test func `of two registrations at once the later waits, and is refused`() async throws {
        let email = try EmailAddress("ada@example.org")
        let shouted = try EmailAddress("ADA@EXAMPLE.ORG")
        let name = try PersonName("Ada")
        let (first, second) = try await rivalry(
            connect(), { try IdentityService.register(email: email, name: name, password: nil, in: $0, context: .ofTest()).value },
            against: connect(),
            { try IdentityService.register(email: shouted, name: name, password: nil, in: $0, context: .ofTest()).value })
        #expect(throws: IdentityError.emailTaken("ADA@EXAMPLE.ORG")) { try second.get() }
        #expect(try await connect().fetch("select id from users", as: UUID.self) == [first.id])
    }

    @Test func `where the earlier one is undone the later succeeds`() async throws {
        let email = try EmailAddress("ada@example.org")
        let name = try PersonName("Ada")
        let register: @Sendable (Session) throws -> User = {
            try IdentityService.register(email: email, name: name, password: nil, in: $0, context: .ofTest()).value
        }
        let (_, second) = try await rivalry(connect(), ending: .rollback, register, against: connect(), register)
        #expect(try await connect().fetch("select id from users", as: UUID.self) == [second.get().id])
    }

    @Test func `of eight at once exactly one registers`() async throws {
        let databases = try await connections(8)
        let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for (number, database) in databases.enumerated() {
                let email = number.isMultiple(of: 2) ? "josé@example.org" : "JOSE\u{301}@example.org"
                group.addTask {
                    do {
                        try await database.register(email)
                        return true
                    } catch IdentityError.emailTaken {
                        return false
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter(\.self).count == 1)
        #expect(try await connect().fetchOne("select count(*) from users", as: Int.self) == 1)
        #expect(try await connect().outbox(of: "identity").count == 1)
    }
}
