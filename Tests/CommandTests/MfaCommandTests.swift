import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

/// Second factors, as operators and users work with them.
@Suite(.databases("identity")) struct MfaCommandTests {
    private static let password = "correct horse battery staple"

    private func prepare(_ body: (Program) async throws -> Void) async throws {
        try await Program.lend(TestDatabases.current) { given in
            var program = given
            program.environment["SAASCTL_PASSWORD_COST"] = "10"
            #expect(await program.run("identity", "key", "rotate").status == 0)
            for user in ["ada@example.org", "bob@example.org"] {
                let registered = await program.run("identity", "user", "register", user, "--password-file", "-", input: Self.password)
                #expect(registered.status == 0, "\(registered)")
            }
            try await body(program)
        }
    }

    /// So many minutes later, so that the app shows another code.
    private func program(_ program: Program, minutes: Int) -> Program {
        var program = program
        program.clock = ShiftedClock(by: .seconds(60 * minutes))
        return program
    }

    private func enrol(_ program: Program) async throws -> AuthenticatorApp {
        let enrolled = await program.run("identity", "mfa", "enroll", "ada@example.org", "-o", "json")
        #expect(enrolled.status == 0, "\(enrolled)")
        let factor = try enrolled.json()
        let secret = try #require(factor["secret"]?.string)
        #expect(factor["kind"]?.string == "SecondFactor" && factor["status"]?.string == "pending")
        #expect(
            factor["otpauth_uri"]?.string
                == "otpauth://totp/saasctl:ada%40example.org?secret=\(secret)&issuer=saasctl&algorithm=SHA1&digits=6&period=30")
        return AuthenticatorApp(secret)
    }

    private func login(_ program: Program, _ code: String? = nil) async -> CommandResult {
        let flags = code == nil ? [] : ["--code-file", "-"]
        return await program.run(
            ["identity", "session", "login", "ada@example.org", "--password-file", "-", "-o", "json"] + flags,
            input: "\(Self.password)\n\(code ?? "")\n")
    }

    @Test func `enroll, verify, log in with a code, and with a recovery code`() async throws {
        try await prepare { program in
            let app = try await enrol(program)
            #expect(await login(program).status == 0, "nothing is asked for yet")
            let verify = ["identity", "mfa", "verify", "ada@example.org", "--code-file", "-"]
            let verified = await program.run(verify, input: app.code(at: program.clock.now()) + "\n")
            #expect(verified.status == 0 && verified.lines.count == 10, "\(verified)")
            #expect(try await program.run("identity", "user", "get", "ada@example.org", "-o", "json").json()["has_mfa"] == .bool(true))

            let next = self.program(program, minutes: 2)
            let without = await login(next)
            #expect(without.status == 4 && without.stderr.contains("MFA_REQUIRED") && without.stdout.isEmpty, "\(without)")
            let code = app.code(at: next.clock.now())
            let tokens = try await login(next, code).json()
            let claims = try await next.run(
                "identity", "token", "validate", "--token-file", "-", "-o", "json", input: try #require(tokens["access_token"]?.string)
            ).json()
            #expect(claims["amr"]?.elements.map(\.string) == ["pwd", "otp"])
            let again = await login(next, code)
            #expect(again.status == 4 && again.stderr.contains("MFA_CODE_USED"), "\(again)")

            let recovery = try #require(verified.lines.first)
            #expect(await login(next, recovery).status == 0)
            let used = await login(next, recovery)
            #expect(used.status == 4 && used.stderr.contains("MFA_CODE_WRONG"), "\(used)")
            let factors = try await TestDatabases.current["identity"].texts(
                "select data ->> 'factors' from outbox where type = 'saas.user.logged_in.v1' order by position")
            #expect(factors == [#"["password"]"#, #"["password","totp"]"#, #"["password","recovery"]"#])
        }
    }

    @Test func `wrong codes are counted although the command fails, and pause it`() async throws {
        try await prepare { program in
            let app = try await enrol(program)
            let verify = ["identity", "mfa", "verify", "ada@example.org", "--code-file", "-"]
            for _ in 1...5 {
                let wrong = await program.run(verify, input: "abcdef\n")
                #expect(wrong.status == 4 && wrong.code == "MFA_CODE_WRONG" && wrong.stdout.isEmpty, "\(wrong)")
            }
            let paused = await program.run(verify, input: app.code(at: program.clock.now()) + "\n")
            #expect(paused.status == 75 && paused.code == "MFA_PAUSED" && paused.stderr.contains("try: again at 2"), "\(paused)")
            let later = self.program(program, minutes: 15)
            #expect(await later.run(verify, input: app.code(at: later.clock.now()) + "\n").status == 0)
        }
    }

    @Test func `an operator helps who has lost everything, and a user needs a code`() async throws {
        try await prepare { program in
            let app = try await enrol(program)
            let verify = ["identity", "mfa", "verify", "ada@example.org", "--code-file", "-"]
            let codes = await program.run(verify, input: app.code(at: program.clock.now()) + "\n").lines
            let asAda = ["--as", "ada@example.org"]
            for verb in ["disable", "recovery", "enroll"] {
                let other = await program.run("identity", "mfa", verb, "ada@example.org", "--as", "bob@example.org")
                #expect(other.status == 4 && other.code == "NOT_PERMITTED", "\(other)")
            }
            for verb in ["disable", "recovery"] {
                let without = await program.run(["identity", "mfa", verb, "ada@example.org"] + asAda)
                #expect(without.status == 4 && without.code == "MFA_REQUIRED", "\(without)")
            }
            let twice = await program.run("identity", "mfa", "enroll", "ada@example.org")
            #expect(twice.status == 5 && twice.code == "MFA_ENABLED", "\(twice)")
            let fresh = await program.run(
                ["identity", "mfa", "recovery", "ada@example.org", "--code-file", "-"] + asAda, input: try #require(codes.first))
            #expect(fresh.status == 0 && fresh.lines.count == 10 && Set(fresh.lines).isDisjoint(with: codes), "\(fresh)")
            #expect(await login(program, codes[1]).status == 4, "the old ones are void")
            let byUser = await program.run(
                ["identity", "mfa", "disable", "ada@example.org", "--code-file", "-", "-o", "json"] + asAda,
                input: try #require(fresh.lines.first))
            #expect(try byUser.json()["status"]?.string == "off", "\(byUser)")
            #expect(await login(program).status == 0)

            let again = await program.run("identity", "mfa", "disable", "ada@example.org")
            #expect(again.status == 0, "\(again)")
            let off = await program.run("identity", "mfa", "recovery", "ada@example.org")
            #expect(off.status == 5 && off.code == "MFA_OFF", "\(off)")
            let none = await program.run(verify, input: "123456\n")
            #expect(none.status == 5 && none.code == "MFA_NOT_ENROLLED", "\(none)")
            for verb in ["enroll", "recovery"] {
                let key = await program.run("identity", "mfa", verb, "ada@example.org", "--idempotency-key", "k1")
                #expect(key.status == 64, "\(key)")
            }
            let told = try await TestDatabases.current["identity"].texts(
                "select type from outbox where type like 'saas.mfa.%' order by position")
            #expect(told == ["saas.mfa.enabled.v1", "saas.mfa.disabled.v1"])
        }
    }

    @Test func `a reset does not go around the second factor`() async throws {
        try await prepare { program in
            let app = try await enrol(program)
            let verify = ["identity", "mfa", "verify", "ada@example.org", "--code-file", "-"]
            #expect(await program.run(verify, input: app.code(at: program.clock.now()) + "\n").status == 0)
            let requested = try await program.run("identity", "password", "request", "ada@example.org", "-o", "json").json()
            let token = try #require(requested["token"]?.string)
            let reset = await program.run(
                "identity", "password", "reset", "--token-file", "-", "--password-file", "-", input: "\(token)\n\(Self.password)\n")
            #expect(reset.status == 0, "\(reset)")
            let without = await login(program)
            #expect(without.status == 4 && without.stderr.contains("MFA_REQUIRED"), "\(without)")
        }
    }

    @Test func `another key file opens no secret, and says so`() async throws {
        try await prepare { program in
            let app = try await enrol(program)
            var other = program
            other.environment["SAASCTL_KEY_FILE"] = try program.scratch.write([UInt8](repeating: 8, count: 32), to: "other.key")
            let verify = ["identity", "mfa", "verify", "ada@example.org", "--code-file", "-"]
            let refused = await other.run(verify, input: app.code(at: program.clock.now()) + "\n")
            #expect(refused.status == 78 && refused.stderr.contains("sealed under another key"), "\(refused)")
        }
    }
}
