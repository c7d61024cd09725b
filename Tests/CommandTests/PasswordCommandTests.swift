import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

/// Passwords that are reset and changed, as operators and users do it.
@Suite(.databases("identity")) struct PasswordCommandTests {
    private static let password = "correct horse battery staple"
    private static let other = "staple battery horse correct"

    /// Registers Ada, who has a password, and lends a program whose hashes are cheap.
    private func prepare(_ body: (Program) async throws -> Void) async throws {
        try await Program.lend(TestDatabases.current) { given in
            var program = given
            program.environment["SAASCTL_PASSWORD_COST"] = "10"
            #expect(await program.run("identity", "key", "rotate").status == 0)
            let registered = await program.run(
                "identity", "user", "register", "ada@example.org", "--password-file", "-", input: Self.password)
            #expect(registered.status == 0, "\(registered)")
            try await body(program)
        }
    }

    private func login(_ program: Program, _ password: String) async -> CommandResult {
        await program.run(
            "identity", "session", "login", "ada@example.org", "--password-file", "-", "--dry-run", input: password)
    }

    private func request(_ program: Program, _ flags: String...) async throws -> String {
        let requested = await program.run(["identity", "password", "request", "ada@example.org", "-o", "json"] + flags)
        #expect(requested.status == 0, "\(requested)")
        return try #require(try requested.json()["token"]?.string)
    }

    private let reset = ["identity", "password", "reset", "--token-file", "-", "--password-file", "-"]

    @Test func `a lost password is reset with the token, from one input or from two files`() async throws {
        try await prepare { program in
            let first = try await request(program)
            let set = await program.run(reset + ["-o", "json"], input: "\(first)\n\(Self.other)\n")
            #expect(set.status == 0, "\(set)")
            #expect(try set.json()["has_password"] == .bool(true))
            #expect(await login(program, Self.other).status == 0)
            #expect(await login(program, Self.password).status == 4)

            let token = try program.scratch.write(try await request(program) + "\n", to: "token")
            let password = try program.scratch.write(Self.password + "\n", to: "password")
            let again = await program.run("identity", "password", "reset", "--password-file", password, "--token-file", token)
            #expect(again.status == 0, "\(again)")
            #expect(await login(program, Self.password).status == 0)
        }
    }

    @Test func `an operator chooses no password, and what is wrong with a token is told`() async throws {
        try await prepare { program in
            let first = try await request(program)
            let second = try await request(program, "--expires", "15m")
            func expect(_ status: Int32, _ code: String, input: String = "", _ arguments: [String], _ program: Program) async {
                let result = await program.run(arguments, input: input)
                #expect(result.status == status && result.code == code && result.stdout.isEmpty, "\(result)")
            }
            let before = try await TestDatabases.current.contents()
            await expect(5, "RESET_SUPERSEDED", input: "\(first)\n\(Self.other)\n", reset, program)
            await expect(3, "RESET_NOT_FOUND", input: "nonsense\n\(Self.other)\n", reset, program)
            await expect(3, "RESET_NOT_FOUND", input: "\(String(second.reversed()))\n\(Self.other)\n", reset, program)
            await expect(64, "USAGE", input: "\(second)\n", reset, program)
            await expect(64, "PASSWORD_TOO_SHORT", input: "\(second)\nshort\n", reset, program)
            await expect(64, "PASSWORD_COMMON", input: "\(second)\nPassword1\n", reset, program)
            await expect(64, "PASSWORD_RESEMBLES_EMAIL", input: "\(second)\nada@example.org\n", reset, program)
            let request = ["identity", "password", "request"]
            await expect(3, "USER_NOT_FOUND", request + ["eve@example.org"], program)
            await expect(64, "EXPIRY_INVALID", request + ["ada@example.org", "--expires", "25h"], program)
            await expect(64, "USAGE", request + ["ada@example.org", "--idempotency-key", "k1"], program)
            await expect(4, "NOT_PERMITTED", request + ["ada@example.org", "--as", "ada@example.org"], program)
            #expect(try await TestDatabases.current.contents() == before)
            var later = program
            later.clock = ShiftedClock(by: .seconds(900))
            await expect(5, "RESET_EXPIRED", input: "\(second)\n\(Self.other)\n", reset, later)
            #expect(await program.run(reset + ["--idempotency-key", "k1"], input: "\(second)\n\(Self.other)\n").status == 0)
            #expect(await program.run(reset + ["--idempotency-key", "k1"], input: "\(second)\n\(Self.other)\n").status == 0)
            await expect(5, "RESET_USED", input: "\(second)\n\(Self.other)\n", reset, program)
        }
    }

    @Test func `a reset ends all sessions, and a change all but the one that is kept`() async throws {
        try await prepare { program in
            func begin() async throws -> (id: String, access: String) {
                let tokens = try await program.run(
                    "identity", "session", "login", "ada@example.org", "--password-file", "-", "-o", "json", input: Self.password
                ).json()
                return (try #require(tokens["session_id"]?.string), try #require(tokens["access_token"]?.string))
            }
            func validate(_ token: String) async -> Int32 {
                await program.run("identity", "token", "validate", "--token-file", "-", input: token).status
            }
            let (kept, ended) = (try await begin(), try await begin())
            let change = ["identity", "password", "change", "ada@example.org", "--old-file", "-", "--password-file", "-"]
            let nobody = UUID.numbered(99).text
            let stranger = await program.run(change + ["--keep", nobody], input: "\(Self.password)\n\(Self.other)\n")
            #expect(stranger.status == 3 && stranger.code == "SESSION_NOT_FOUND", "\(stranger)")
            let changed = await program.run(
                change + ["--keep", kept.id, "--idempotency-key", "k1"], input: "\(Self.password)\n\(Self.other)\n")
            #expect(changed.status == 0, "\(changed)")
            #expect(await validate(kept.access) == 0)
            #expect(await validate(ended.access) == 4)
            let repeated = await program.run(
                change + ["--keep", kept.id, "--idempotency-key", "k1"], input: "\(Self.password)\n\(Self.other)\n")
            #expect(repeated.status == 0 && repeated.stderr.contains("done before"), "\(repeated)")
            let token = try await request(program)
            #expect(await program.run(reset, input: "\(token)\n\(Self.password)\n").status == 0)
            #expect(await validate(kept.access) == 4)
        }
    }

    @Test func `a wrong old password counts as an attempt to log in, and a user changes the own one alone`() async throws {
        try await prepare { program in
            await program.run("identity", "user", "register", "bob@example.org")
            let change = ["identity", "password", "change", "ada@example.org", "--old-file", "-", "--password-file", "-"]
            let bob = await program.run(change + ["--as", "bob@example.org"], input: "\(Self.password)\n\(Self.other)\n")
            #expect(bob.status == 4 && bob.code == "NOT_PERMITTED", "\(bob)")
            let attempts = try await TestDatabases.current["identity"].number("select count(*) from attempts")
            for _ in 1...5 {
                let wrong = await program.run(change + ["--dry-run"], input: "wrong password\n\(Self.other)\n")
                #expect(wrong.status == 4 && wrong.code == "CREDENTIALS_WRONG", "\(wrong)")
            }
            let waits = await program.run(change, input: "\(Self.password)\n\(Self.other)\n")
            #expect(waits.status == 75 && waits.code == "TOO_MANY_ATTEMPTS", "\(waits)")
            #expect(await login(program, Self.password).status == 75, "\(attempts)")
            var later = program
            later.clock = ShiftedClock(by: .seconds(60))
            let changed = await later.run(change + ["--as", "ada@example.org"], input: "\(Self.password)\n\(Self.other)\n")
            #expect(changed.status == 0, "\(changed)")
            #expect(await login(later, Self.other).status == 0)
        }
    }
}
