import FoundationEssentials
import Kernel
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Sessions and tokens, as operators and gateways work with them.
@Suite(.databases("identity")) struct SessionCommandTests {
    private static let password = "correct horse battery staple"

    private func prepare(_ program: Program) async throws -> String {
        #expect(await program.run("identity", "key", "rotate").status == 0)
        let registered = await program.run(
            "identity", "user", "register", "ada@example.org", "--password-file", "-", "-o", "name", input: Self.password)
        return try #require(registered.lines.first, "\(registered)")
    }

    private func cheap(_ program: Program) -> Program {
        var program = program
        program.environment["SAASCTL_PASSWORD_COST"] = "10"
        return program
    }

    private func login(_ program: Program, _ flags: String..., password: String = Self.password) async throws -> JSONValue {
        let result = await program.run(
            ["identity", "session", "login", "ada@example.org", "--password-file", "-", "-o", "json"] + flags, input: password)
        #expect(result.status == 0, "\(result)")
        return try result.json()
    }

    private func validate(_ program: Program, _ token: String) async -> CommandResult {
        await program.run("identity", "token", "validate", "--token-file", "-", "-o", "json", input: token)
    }

    @Test func `after a leak a key is accepted no more, at once`() async throws {
        try await Program.lend(TestDatabases.current) { given in
            let program = cheap(given)
            _ = try await prepare(program)
            let access = try #require(try await login(program)["access_token"]?.string)
            let rotated = await program.run("identity", "key", "rotate", "--overlap", "0s", "--yes", "--reason", "leaked")
            #expect(rotated.status == 0, "\(rotated)")
            let refused = await validate(program, access)
            #expect(refused.status == 4 && refused.stderr.contains("\"TOKEN_INVALID\""), "\(refused)")
            #expect(await program.run("identity", "key", "rotate", "--overlap", "14m").status == 64)
        }
    }

    @Test func `the right password is no attempt in vain, in a dry run neither`() async throws {
        try await Program.lend(TestDatabases.current) { given in
            let program = cheap(given)
            _ = try await prepare(program)
            for _ in 1...7 { _ = try await login(program, "--dry-run") }
            #expect(try await TestDatabases.current["identity"].number("select count(*) from attempts") == 0)
        }
    }

    @Test func `log in, validate, refresh, log out`() async throws {
        try await Program.lend(TestDatabases.current) { given in
            let program = cheap(given)
            let ada = try await prepare(program)
            let tokens = try await login(program)
            #expect(tokens["kind"]?.string == "SessionTokens" && tokens["token_type"]?.string == "Bearer")
            let access = try #require(tokens["access_token"]?.string)
            let refresh = try #require(tokens["refresh_token"]?.string)
            let claims = try await validate(program, access).json()
            #expect(claims["kind"]?.string == "AccessToken" && claims["sub"]?.string == ada && claims["iss"]?.string == "saasctl")
            #expect(claims["sid"]?.string == tokens["session_id"]?.string && claims["amr"]?.elements.map(\.string) == ["pwd"])

            let refreshed = await program.run("identity", "session", "refresh", "--token-file", "-", "-o", "json", input: refresh)
            #expect(refreshed.status == 0, "\(refreshed)")
            let next = try refreshed.json()
            #expect(next["session_id"] == tokens["session_id"] && next["access_token"] != tokens["access_token"])
            #expect(await validate(program, try #require(next["access_token"]?.string)).status == 0)
            #expect(await program.run("identity", "session", "list", "ada@example.org", "-o", "name").lines.count == 1)

            let out = await program.run(
                "identity", "session", "logout", "--token-file", "-", input: try #require(next["refresh_token"]?.string))
            #expect(out.status == 0 && out.stdout.contains("logout"), "\(out)")
            for token in [access, next["access_token"]?.string ?? ""] {
                let refused = await validate(program, token)
                #expect(refused.status == 4 && refused.stderr.contains("TOKEN_REVOKED") && refused.stdout.isEmpty, "\(refused)")
            }
            #expect(await program.run("identity", "session", "list", ada, "-o", "name").lines.isEmpty)
            #expect(await program.run("identity", "session", "list", ada, "--status", "all", "-o", "name").lines.count == 1)
        }
    }

    @Test func `a spent refresh token ends the family, and that is kept although the command fails`() async throws {
        try await Program.lend(TestDatabases.current) { given in
            let program = cheap(given)
            _ = try await prepare(program)
            let tokens = try await login(program)
            let refresh = try #require(tokens["refresh_token"]?.string)
            let arguments = ["identity", "session", "refresh", "--token-file", "-", "-o", "json"]
            let second = try await program.run(arguments, input: refresh).json()
            let rehearsed = await program.run(arguments + ["--dry-run"], input: refresh)
            #expect(rehearsed.status == 4, "\(rehearsed)")
            #expect(await validate(program, try #require(second["access_token"]?.string)).status == 0, "a dry run ends nothing")
            let reused = await program.run(arguments, input: refresh)
            #expect(reused.status == 4 && reused.stderr.contains("REFRESH_TOKEN_REUSED") && reused.stdout.isEmpty, "\(reused)")
            #expect(await validate(program, try #require(second["access_token"]?.string)).stderr.contains("TOKEN_REVOKED"))
            let last = await program.run(arguments, input: try #require(second["refresh_token"]?.string))
            #expect(last.status == 4 && last.stderr.contains("SESSION_ENDED"), "\(last)")
            #expect(
                try await TestDatabases.current["identity"].texts("select type from outbox order by position").suffix(2) == [
                    "saas.refresh_token.reuse_detected.v1", "saas.session.revoked.v1",
                ])
        }
    }

    @Test func `unknown user, wrong password and no password are told apart by nobody`() async throws {
        try await Program.lend(TestDatabases.current) { given in
            let program = cheap(given)
            _ = try await prepare(program)
            await program.run("identity", "user", "register", "nopass@example.org")
            var texts: Set<String> = []
            for (user, password) in [("ada@example.org", "wrong"), ("eve@example.org", Self.password), ("nopass@example.org", "x")] {
                let result = await program.run(
                    "identity", "session", "login", user, "--password-file", "-", "--correlation-id",
                    "00000000-0000-7000-8000-000000000001", input: password)
                #expect(result.status == 4 && result.stdout.isEmpty, "\(result)")
                texts.insert(result.stderr)
            }
            #expect(texts.count == 1, "\(texts)")
        }
    }

    @Test func `after five in vain an account waits, in other processes too, until the time that it is told`() async throws {
        try await Program.lend(TestDatabases.current) { given in
            var program = cheap(given)
            let start = Timestamp(year: 2026, month: 3, day: 14)
            program.clock = FixedClock(start)
            _ = try await prepare(program)
            let wrong = ["identity", "session", "login", "ada@example.org", "--password-file", "-"]
            for flags in [[], ["--dry-run"], [], [], ["--source", "192.0.2.9"]] {
                #expect(await program.run(wrong + flags, input: "wrong").status == 4)
            }
            let refused = await program.run(wrong + ["-o", "json"], input: Self.password)
            #expect(refused.status == 75 && refused.stderr.contains("TOO_MANY_ATTEMPTS"), "\(refused)")
            #expect(refused.stderr.contains("2026-03-14T00:00:30Z"), "\(refused)")
            program.clock = FixedClock(start.advanced(by: .seconds(30)))
            _ = try await login(program)
            _ = try await login(program)
        }
    }

    @Test func `a disabled user is let in no more, and is told so only with the right password`() async throws {
        try await Program.lend(TestDatabases.current) { given in
            let program = cheap(given)
            let ada = try await prepare(program)
            let access = try #require(try await login(program)["access_token"]?.string)
            #expect(await program.run("identity", "user", "disable", "ada@example.org").status == 0)
            #expect(await validate(program, access).stderr.contains("disabled"))
            let arguments = ["identity", "session", "login", ada, "--password-file", "-"]
            #expect(await program.run(arguments, input: "wrong").code == "CREDENTIALS_WRONG")
            #expect(await program.run(arguments, input: Self.password).code == "USER_DISABLED")
            #expect(await program.run("identity", "user", "enable", ada).status == 0)
            #expect(await program.run(arguments, input: Self.password).status == 0)
        }
    }

    @Test func `what returns tokens takes no idempotency key; nobody who is asked in vain hangs`() async throws {
        try await Program.lend(TestDatabases.current) { given in
            let program = cheap(given)
            _ = try await prepare(program)
            let keyed = await program.run(
                "identity", "session", "login", "ada@example.org", "--password-file", "-", "--idempotency-key", "k", input: Self.password)
            #expect(keyed.status == 64 && keyed.stderr.contains("secret"), "\(keyed)")
            let silent = await program.run("identity", "session", "login", "ada@example.org")
            #expect(silent.status == 64 && silent.stderr.contains("--password-file"), "\(silent)")
            #expect(try await TestDatabases.current["identity"].texts("select 1::text from attempts").isEmpty)
            let both = await program.run("identity", "session", "revoke", UUID.numbered(1).text, "--user", "ada@example.org")
            #expect(both.status == 64, "\(both)")
            let none = await program.run("identity", "session", "revoke", UUID.numbered(1).text)
            #expect(none.status == 3 && none.code == "SESSION_NOT_FOUND", "\(none)")
        }
    }

    @Test func `without a signing key the way on is named`() async throws {
        try await Program.lend(TestDatabases.current) { given in
            let program = cheap(given)
            await program.run("identity", "user", "register", "ada@example.org", "--password-file", "-", input: Self.password)
            let refused = await program.run(
                "identity", "session", "login", "ada@example.org", "--password-file", "-", input: Self.password)
            #expect(refused.status == 78 && refused.stderr.contains("saasctl identity key rotate"), "\(refused)")
        }
    }

    @Test func `tokens are on standard output of their commands alone`() async throws {
        try await Program.lend(TestDatabases.current) { given in
            let program = cheap(given)
            _ = try await prepare(program)
            let tokens = try await login(program, "--debug", "-v")
            let access = try #require(tokens["access_token"]?.string)
            let refresh = try #require(tokens["refresh_token"]?.string)
            let rehearsed = await program.run(
                "identity", "session", "login", "ada@example.org", "--password-file", "-", "--dry-run", "-o", "json", input: Self.password)
            #expect(rehearsed.status == 0 && rehearsed.stdout.contains("saas.user.logged_in.v1"), "\(rehearsed)")
            #expect(!rehearsed.stdout.contains("token"), "\(rehearsed)")
            var runs = [rehearsed]
            runs.append(await program.run("identity", "token", "validate", "--token-file", "-", "--debug", "-v", input: access))
            runs.append(await program.run("identity", "session", "logout", "--token-file", "-", "--debug", "-v", input: refresh))
            runs.append(await program.run("identity", "session", "refresh", "--token-file", "-", "--debug", "-v", input: refresh))
            let everything = try await TestDatabases.current["identity"].everything()
            let secret = try #require(Base64URL.decode(refresh)).hexadecimal
            for form in [access, String(access.suffix(40)), refresh, secret, "battery"] {
                #expect(runs.allSatisfy { !$0.stdout.contains(form) && !$0.stderr.contains(form) })
                #expect(!everything.contains(form))
            }
        }
    }

    /// PyJWT knows nothing of us but the published set.
    @Test func `another implementation accepts a token by the published keys, and refuses one that was changed`() async throws {
        try await Program.lend(TestDatabases.current) { given in
            let program = cheap(given)
            let ada = try await prepare(program)
            #expect(await program.run("identity", "key", "rotate").status == 0)
            let token = try #require(try await login(program)["access_token"]?.string)
            let set = await program.run("identity", "key", "jwks")
            #expect(set.status == 0 && set.lines.count == 1, "\(set)")
            let script = """
                import json, sys, jwt
                jwks, token = jwt.PyJWKSet.from_dict(json.loads(sys.argv[1])), sys.argv[2]
                header = jwt.get_unverified_header(token)
                key = next(k for k in jwks.keys if k.key_id == header["kid"])
                claims = jwt.decode(token, key.key, algorithms=["EdDSA"], issuer="saasctl", audience="saasctl",
                                    options={"require": ["exp", "iat", "iss", "aud", "sub"]})
                print(claims["sub"], header["typ"], len(jwks.keys))
                """
            func check(_ token: String) async throws -> (status: TerminationStatus, output: String?) {
                let result = try await Subprocess.run(
                    .path("/usr/bin/python3"), arguments: ["-c", script, set.stdout, token], output: .string(limit: 4_096),
                    error: .discarded)
                return (result.terminationStatus, result.standardOutput)
            }
            let good = try await check(token)
            #expect(good.status == .exited(0) && good.output == "\(ada) at+jwt 2\n", "\(good)")
            let parts = token.split(separator: ".")
            let changed = Base64URL.encode(Array("{}".utf8))
            #expect(try await check("\(parts[0]).\(changed).\(parts[2])").status != .exited(0))
        }
    }
}
