import Cryptography
import FoundationEssentials
import IdentityEvents
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Identity

/// RFC 6238, section 5.2 (a password is accepted once), RFC 4226, section 7.3 (throttling), NIST SP 800-63B, section 5.1.2 (look-up secrets).
@Suite(.databases("identity")) struct SecondFactorTests {
    private let wrong = SecondFactorCode("000000")

    private func isRefused(_ result: Result<some Sendable, Failure>, _ error: CredentialError = .mfaCodeWrong) -> Bool {
        if case .failure(let failure) = result { failure.code == error.failure.code } else { false }
    }

    @Test func `a secret is made, shown once, and sealed where it is kept`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org").value
        let (change, app) = try await database.enrol(ada)
        #expect(change.value.status == .pending && change.value.secret == app.secret.base32)
        #expect(change.value.otpauthUri == app.secret.uri(issuer: "saasctl", account: "ada@example.org"))
        #expect(change.events.isEmpty && change.rows.map(\.operation) == [.insert])
        #expect(change.rows.allSatisfy { !$0.values.compact.contains("secret") && $0.values["status"]?.string == "pending" })
        let sealed = try #require(try await database.factor(of: ada)).sealedSecret
        #expect(!sealed.hexadecimal.contains(app.secret.bytes.hexadecimal))
        #expect(try await database.prove(nil, of: ada).get() == nil, "it is asked for nowhere yet")
        #expect(try await database.prove(app.code(), of: ada).get() == nil)

        let (again, other) = try await database.enrol(ada)
        #expect(again.rows.map(\.operation) == [.update] && other.secret.bytes != app.secret.bytes)
        #expect(isRefused(try await database.verify(app.code(), of: ada)), "the first secret is void")
        _ = try await database.verify(other.code(), of: ada).get()
        await #expect(throws: CredentialError.mfaEnabled("label")) { try await database.enrol(ada) }
        await #expect(throws: CredentialError.mfaEnabled("label")) { try await database.verify(other.code(), of: ada) }
    }

    @Test func `a code turns it on and makes ten recovery codes, of which hashes are kept`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org").value
        await #expect(throws: CredentialError.mfaNotEnrolled("label")) { try await database.verify(wrong, of: ada) }
        let app = try await database.enrol(ada).app
        #expect(isRefused(try await database.verify(wrong, of: ada)))
        #expect(try await database.factor(of: ada)?.failures == 1, "and that is kept")
        let change = try await database.verify(app.code(), of: ada).get()
        #expect(try change.events.map { try $0.decoded() } == [MfaEnabled(userId: ada.id)])
        let codes = change.value.recoveryCodes
        #expect(Set(codes).count == 10 && codes.allSatisfy { $0.count == 19 && $0.split(separator: "-").map(\.count) == [4, 4, 4, 4] })
        #expect(try await database.fetchOne("select count(*) from recovery_codes where length(hash) = 32", as: Int.self) == 10)
        #expect(try await database.factor(of: ada)?.failures == 0)
        for row in change.rows { #expect(codes.allSatisfy { !row.values.compact.contains($0) }) }
    }

    @Test func `from then on a code is needed, and each is taken once`() async throws {
        let database = try await connect()
        let (ada, app, _) = try await database.userWithSecondFactor()
        await #expect(throws: CredentialError.mfaRequired) { try await database.prove(nil, of: ada) }
        #expect(isRefused(try await database.prove(wrong, of: ada)))
        #expect(try await database.prove(app.code(), of: ada).get() == .totp)
        await #expect(throws: CredentialError.mfaCodeUsed) { try await database.prove(app.code(), of: ada) }
        await #expect(throws: CredentialError.mfaCodeUsed) { try await database.prove(app.code(after: .seconds(-30)), of: ada) }
        #expect(try await database.factor(of: ada)?.failures == 0, "a used code is no guess")
        #expect(try await database.prove(app.code(after: .seconds(30)), of: ada).get() == .totp, "the next one, of a clock that is ahead")
        await #expect(throws: CredentialError.mfaCodeUsed) {
            try await database.prove(app.code(after: .seconds(30)), of: ada, .ofTest(after: .seconds(30)))
        }
    }

    @Test func `a code that turned it on does not log in`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org").value
        let app = try await database.enrol(ada).app
        _ = try await database.verify(app.code(), of: ada).get()
        await #expect(throws: CredentialError.mfaCodeUsed) { try await database.prove(app.code(), of: ada) }
    }

    @Test func `five failures pause it, for longer with each further one, and a right code ends the row`() async throws {
        let database = try await connect()
        let (ada, app, _) = try await database.userWithSecondFactor()
        for _ in 1...4 { #expect(isRefused(try await database.prove(wrong, of: ada))) }
        #expect(try await database.factor(of: ada)?.pausedUntil == nil)
        #expect(isRefused(try await database.prove(wrong, of: ada)))
        let end = OperationContext.ofTest(after: .seconds(900)).now
        for code in [app.code(), wrong] {
            await #expect(throws: CredentialError.mfaPaused(until: end)) { try await connect().prove(code, of: ada) }
        }
        let last = OperationContext.ofTest(after: .seconds(900) - .microseconds(1))
        await #expect(throws: CredentialError.mfaPaused(until: end)) {
            try await database.prove(app.code(after: .seconds(900)), of: ada, last)
        }
        #expect(try await database.factor(of: ada)?.failures == 5, "what is not looked at does not count")

        #expect(isRefused(try await database.prove(wrong, of: ada, .ofTest(after: .seconds(900)))))
        #expect(try await database.factor(of: ada)?.pausedUntil == OperationContext.ofTest(after: .seconds(2_700)).now)
        let after = OperationContext.ofTest(after: .seconds(2_700))
        #expect(try await database.prove(app.code(after: .seconds(2_700)), of: ada, after).get() == .totp)
        #expect(isRefused(try await database.prove(wrong, of: ada, after)))
        let factor = try #require(try await database.factor(of: ada))
        #expect(factor.failures == 1 && factor.pausedUntil == nil)
    }

    @Test func `pauses double, up to a day`() {
        #expect((0...4).allSatisfy { SecondFactorPause.behind($0) == nil })
        #expect((5...8).map { SecondFactorPause.behind($0) } == [900, 1_800, 3_600, 7_200].map { .seconds($0) })
        #expect([12, 13, 60, .max].map { SecondFactorPause.behind($0) } == Array(repeating: .seconds(86_400), count: 4))
    }

    @Test func `a recovery code takes the place of the app once, in any case and with any hyphens`() async throws {
        let database = try await connect()
        let (ada, _, codes) = try await database.userWithSecondFactor()
        #expect(try await database.prove(SecondFactorCode(codes[0]), of: ada).get() == .recovery)
        #expect(isRefused(try await database.prove(SecondFactorCode(codes[0]), of: ada)))
        #expect(try await database.prove(SecondFactorCode(codes[1].lowercased().replacing("-", with: " ")), of: ada).get() == .recovery)
        let bob = try await database.register("bob@example.org").value
        let app = try await database.enrol(bob).app
        _ = try await database.verify(app.code(), of: bob).get()
        #expect(isRefused(try await database.prove(SecondFactorCode(codes[2]), of: bob)), "it is another user's")
    }

    @Test func `a recovery code is taken during a pause, and ends it`() async throws {
        let database = try await connect()
        let (ada, app, codes) = try await database.userWithSecondFactor()
        for _ in 1...5 { try await database.prove(wrong, of: ada) }
        await #expect(throws: CredentialError.self) { try await database.prove(SecondFactorCode("no such code"), of: ada) }
        #expect(try await database.prove(SecondFactorCode(codes[3]), of: ada).get() == .recovery)
        #expect(try await database.prove(app.code(), of: ada).get() == .totp)
    }

    @Test func `new recovery codes make the old ones void, and a user needs a code for them`() async throws {
        let database = try await connect()
        let (ada, app, codes) = try await database.userWithSecondFactor()
        func renew(_ code: SecondFactorCode?, _ context: OperationContext) async throws -> Result<Change<RecoveryCodes>, Failure> {
            try await database.decide("identity", context) { session, context in
                try SecondFactorService.renewRecoveryCodes(
                    of: ada.id, label: "label", code: code, keys: factorKeys, in: session, context: context)
            }
        }
        let byAda = OperationContext.ofTest(by: ada)
        await #expect(throws: CredentialError.mfaRequired) { try await renew(nil, byAda) }
        #expect(isRefused(try await renew(wrong, byAda)))
        _ = try await renew(app.code(), byAda).get()
        #expect(isRefused(try await database.prove(SecondFactorCode(codes[0]), of: ada)))
        let fresh = try await renew(nil, .ofTest()).get().value.recoveryCodes
        #expect(try await database.prove(SecondFactorCode(fresh[0]), of: ada).get() == .recovery)
        try await database.execute("delete from second_factors")
        await #expect(throws: CredentialError.mfaOff("label")) { try await renew(nil, .ofTest()) }
    }

    @Test func `an operator turns it off without a code, a user with one, and nobody twice`() async throws {
        let database = try await connect()
        let (ada, app, codes) = try await database.userWithSecondFactor()
        func disable(_ code: SecondFactorCode?, _ context: OperationContext) async throws -> Result<Change<SecondFactorState>, Failure> {
            try await database.decide("identity", context) { session, context in
                try SecondFactorService.disable(ada.id, label: "label", code: code, keys: factorKeys, in: session, context: context)
            }
        }
        let byAda = OperationContext.ofTest(by: ada)
        await #expect(throws: CredentialError.mfaRequired) { try await disable(nil, byAda) }
        #expect(isRefused(try await disable(wrong, byAda)))
        #expect(try await database.factor(of: ada)?.failures == 1)
        let change = try await disable(SecondFactorCode(codes[0]), byAda).get()
        #expect(change.value.status == .off && change.rows.map(\.operation) == [.delete])
        #expect(try change.events.map { try $0.decoded() } == [MfaDisabled(userId: ada.id)])
        #expect(try await database.fetchOne("select count(*) from recovery_codes", as: Int.self) == 0)
        #expect(try await database.prove(nil, of: ada).get() == nil)
        let again = try await disable(nil, byAda).get()
        #expect(again.rows.isEmpty && again.events.isEmpty)

        try await database.enrol(ada)
        let pending = try await disable(nil, byAda).get()
        #expect(pending.rows.count == 1 && pending.events.isEmpty, "one that was never turned on takes no code, and nobody hears of it")
        let next = try await database.enrol(ada).app
        _ = try await database.verify(next.code(after: .seconds(30)), of: ada).get()
        #expect(try await disable(nil, .ofTest()).get().events.count == 1)
        #expect(app.secret.bytes != next.secret.bytes)
    }

    @Test func `a secret is opened with its key and for its user alone`() async throws {
        let database = try await connect()
        let (ada, app, _) = try await database.userWithSecondFactor()
        let other = SecondFactorKeys { _ in [UInt8](repeating: 1, count: 32) }
        await #expect(throws: SealError.otherKey) {
            try await database.transaction { session in
                let locked = try LockedUser.take(ada.id, label: "label", in: session)
                _ = try SecondFactorService.proof(of: locked, code: app.code(), keys: other, in: session, context: .ofTest())
            }
        }
        let bob = try await database.register("bob@example.org").value
        try await database.enrol(bob)
        try await database.execute(
            """
            update second_factors set sealed_secret = (select sealed_secret from second_factors where user_id = \(ada.id))
            where user_id = \(bob.id)
            """)
        await #expect(throws: SealError.forged) { try await database.verify(app.code(), of: bob) }
    }

    @Test func `of sixteen that show one code at once one is let in`() async throws {
        let database = try await connect()
        let (ada, app, codes) = try await database.userWithSecondFactor()
        let outcomes = try await sixteen { _, connection in try await connection.prove(app.code(), of: ada) }
        let refusals = outcomes.compactMap { if case .failure(let error) = $0 { error } else { nil } }
        #expect(refusals == Array(repeating: .mfaCodeUsed, count: 15))
        #expect(try outcomes.compactMap { try? $0.get() }.map { try $0.get() } == [.totp])

        let recovered = try await sixteen { _, connection in try await connection.prove(SecondFactorCode(codes[0]), of: ada) }
        #expect(recovered.filter { (try? $0.get().get()) == .recovery }.count == 1)
    }

    @Test func `codes and secrets never show themselves`() throws {
        let code = SecondFactorCode("123 456")
        #expect(code.form == .oneTime("123456") && "\(code)" == "(redacted)" && !String(reflecting: code).contains("123"))
        #expect("\(RecoveryCode.random())" == "(redacted)")
        #expect(SecondFactorCode("１２３４５６").form != .oneTime("123456"))
    }
}
