import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

/// Removing a person, as an operator does it.
@Suite(.databases("identity", "organization")) struct UserEraseCommandTests {
    @Test func `the address is asked for, and then nothing of the person is left`() async throws {
        try await Program.lend(TestDatabases.current) { given in
            var program = given
            program.environment["SAASCTL_PASSWORD_COST"] = "10"
            await program.run("identity", "key", "rotate")
            let register = [
                "identity", "user", "register", "Ada@example.org", "--name", "Ada Lovelace", "--password-file", "-", "--idempotency-key",
                "k1",
            ]
            let ada = try #require(
                await program.run(register + ["-o", "name"], input: "correct horse battery staple\n").lines.first)
            await program.run("identity", "user", "disable", ada, "--idempotency-key", "k2")
            await program.run("identity", "user", "enable", ada, "--idempotency-key", "k3")
            let login = ["identity", "session", "login", ada, "--password-file", "-", "-o", "json"]
            let tokens = try await program.run(login, input: "correct horse battery staple\n").json()
            let erase = ["identity", "user", "erase", "ada@example.org", "--reason", "request 17"]

            for flags in [[], ["--yes"], ["--confirm", "ada"]] {
                let unsure = await program.run(erase + flags)
                #expect(unsure.status == 6 && unsure.code == "CONFIRMATION_NEEDED", "\(unsure)")
                #expect(unsure.stderr.contains("--confirm Ada@example.org"), "\(unsure)")
            }
            let rehearsed = await program.run(erase + ["--dry-run", "-o", "json"])
            #expect(rehearsed.status == 0 && rehearsed.stdout.contains("saas.user.erased.v1"), "\(rehearsed)")
            let byUser = await program.run(erase + ["--confirm", "ada@example.org", "--as", "ada@example.org"])
            #expect(byUser.status == 4, "\(byUser)")

            let erased = await program.run(erase + ["--confirm", "ada@example.org", "-o", "json"])
            #expect(erased.status == 0, "\(erased)")
            #expect(try erased.json()["status"]?.string == "erased" && erased.json()["id"]?.string == ada)
            #expect(!erased.stdout.lowercased().contains("ada@") && !erased.stdout.contains("Lovelace"))
            let everything = try await TestDatabases.current["identity"].everything()
            #expect(everything.contains(ada) && !everything.lowercased().contains("ada@") && !everything.contains("Lovelace"))

            let refused = await program.run(
                "identity", "token", "validate", "--token-file", "-", input: try #require(tokens["access_token"]?.string))
            #expect(refused.status == 4 && refused.stderr.contains("TOKEN_REVOKED"), "\(refused)")
            #expect(await program.run(login, input: "correct horse battery staple\n").status == 4)
            #expect(await program.run("identity", "user", "get", "ada@example.org").status == 3)
            #expect(await program.run("identity", "user", "list", "--status", "erased", "-o", "name").lines == [ada])
            #expect(await program.run("identity", "user", "get", ada).stdout.contains("erased"))
            for verb in ["enable", "disable"] { #expect(await program.run("identity", "user", verb, ada).code == "USER_NOT_FOUND") }
            let again = await program.run("identity", "user", "erase", ada)
            #expect(again.status == 0, "nothing is left to confirm: \(again)")

            let repeated = await program.run(register + ["-o", "json"], input: "correct horse battery staple\n")
            #expect(repeated.status == 0 && repeated.stderr.contains("done before"), "\(repeated)")
            #expect(try repeated.json()["status"]?.string == "erased", "what was answered is not kept")
            let anew = await program.run("identity", "user", "register", "ada@example.org", "-o", "name")
            #expect(anew.status == 0 && anew.lines.first != ada, "\(anew)")
        }
    }
}
