import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

/// Tokens of resets, secrets of apps and recovery codes come out once, passwords and codes never, and none of them is kept as it is.
@Suite(.databases("identity")) struct CredentialSecretTests {
    @Test func `what is secret is on standard output of its command alone`() async throws {
        try await Program.lend(TestDatabases.current) { given in
            var program = given
            program.environment["SAASCTL_PASSWORD_COST"] = "10"
            let loud = ["ada@example.org", "--debug", "-v", "--reason", "new"]
            await program.run(
                ["identity", "user", "register", "--password-file", "-"] + loud, input: "correct horse battery staple\n")
            await program.run("identity", "key", "rotate")
            var runs: [CommandResult] = []

            runs.append(await program.run(["identity", "password", "request", "--dry-run", "-o", "json"] + loud))
            runs.append(await program.run(["identity", "password", "request", "-o", "name"] + loud))
            let requested = await program.run(["identity", "password", "request", "-o", "json"] + loud)
            let token = try #require(try requested.json()["token"]?.string, "\(requested)")
            let reset = ["identity", "password", "reset", "--token-file", "-", "--password-file", "-", "--debug", "-v"]
            runs.append(await program.run(reset + ["--dry-run", "-o", "json"], input: "\(token)\nzebra crossing at noon\n"))
            runs.append(await program.run(reset + ["--idempotency-key", "k1"], input: "\(token)\nzebra crossing at noon\n"))
            runs.append(await program.run(reset, input: "\(token)\nzebra crossing at noon\n"))
            let change = ["identity", "password", "change", "--old-file", "-", "--password-file", "-"] + loud
            runs.append(await program.run(change + ["--dry-run", "-o", "json"], input: "zebra crossing at noon\nviolet lamp under rain\n"))
            runs.append(await program.run(change, input: "wrong elephant\nviolet lamp under rain\n"))
            runs.append(await program.run(change, input: "zebra crossing at noon\nviolet lamp under rain\n"))

            runs.append(await program.run(["identity", "mfa", "enroll", "--dry-run", "-o", "json"] + loud))
            let enrolled = await program.run(["identity", "mfa", "enroll", "-o", "json"] + loud)
            let secret = try #require(try enrolled.json()["secret"]?.string, "\(enrolled)")
            let app = AuthenticatorApp(secret)
            let code = app.code(at: program.clock.now())
            let verify = ["identity", "mfa", "verify", "--code-file", "-"] + loud
            runs.append(await program.run(verify + ["--dry-run", "-o", "json"], input: code + "\n"))
            let verified = await program.run(verify, input: code + "\n")
            let recovery = verified.lines
            #expect(recovery.count == 10, "\(verified)")
            let login = ["identity", "session", "login", "--password-file", "-", "--code-file", "-", "--dry-run"] + loud
            runs.append(await program.run(login, input: "violet lamp under rain\n\(recovery[0])\n"))
            runs.append(await program.run(login, input: "violet lamp under rain\n\(code)\n"))
            runs.append(await program.run(["identity", "mfa", "recovery", "-o", "json", "--dry-run"] + loud))
            let renewed = await program.run(["identity", "mfa", "recovery"] + loud)
            runs.append(await program.run(["identity", "mfa", "disable", "--dry-run", "-o", "json"] + loud))
            #expect(runs.map(\.status) == [0, 0, 0, 0, 5, 0, 4, 0, 0, 0, 0, 4, 0, 0], "\(runs)")

            let decoded = try #require(Base64URL.decode(token))
            var secrets = [
                token, String(token.suffix(42)), decoded.dropFirst(16).hexadecimal, secret, "zebra", "violet", "elephant", "battery",
            ]
            secrets += (recovery + renewed.lines).flatMap { [$0, $0.replacing("-", with: "")] }
            #expect(secrets.count == 48)
            for run in runs { for text in secrets { #expect(!run.stdout.contains(text) && !run.stderr.contains(text), "\(run)") } }
            for run in [requested, enrolled, verified, renewed] {
                for text in secrets { #expect(!run.stderr.contains(text), "\(run)") }
            }
            let everything = try await TestDatabases.current["identity"].everything()
            #expect(everything.contains("ada@example.org"))
            for text in secrets { #expect(!everything.contains(text), "\(text)") }
            let told = try await TestDatabases.current["identity"].texts(
                "select row_to_json(outbox)::text from outbox union all select row_to_json(operations)::text from operations")
            #expect(told.allSatisfy { $0?.contains("ada@") == false })
        }
    }
}
