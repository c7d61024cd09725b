import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

/// An invitation's token comes out once, and is taken in without being kept.
@Suite(.databases("identity", "organization")) struct InviteSecretTests {
    @Test func `the token is on standard output of its command alone`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await program.run("identity", "user", "register", "ada@example.org")
            await program.run("identity", "user", "register", "bob@example.org")
            await program.run("org", "create", "acme", "--owner", "ada@example.org")
            let send = ["org", "invite", "send", "--org", "acme", "--reason", "new", "--debug", "-v"]

            let rehearsed = await program.run(send + ["cyd@example.org", "--dry-run", "-o", "json"])
            #expect(rehearsed.status == 0 && rehearsed.stdout.contains("saas.invitation.sent.v1"), "\(rehearsed)")
            #expect(try rehearsed.json()["rows"]?.elements.first?["values"]?.keys.contains("token_hash") == false)
            #expect(!rehearsed.stdout.contains("token"), "\(rehearsed)")

            let sent = await program.run(send + ["bob@example.org", "-o", "json"])
            let token = try #require(try sent.json()["token"]?.string, "\(sent)")
            var runs = [rehearsed]
            runs.append(await program.run(send + ["bob@example.org"]))
            runs.append(await program.run(send + ["eve@example.org", "-o", "name"]))
            runs.append(await program.run("org", "invite", "list", "acme", "--status", "all", "-o", "json", "--debug"))
            let accept = ["org", "invite", "accept", "--token-file", "-", "--debug", "-v", "--user"]
            runs.append(await program.run(accept + ["ada@example.org"], input: token))
            runs.append(await program.run(accept + ["bob@example.org", "--dry-run"], input: token))
            runs.append(await program.run(accept + ["bob@example.org", "--idempotency-key", "k1", "-o", "json"], input: token))
            runs.append(await program.run(accept + ["bob@example.org", "--idempotency-key", "k1", "-o", "json"], input: token))
            runs.append(await program.run("org", "invite", "reject", "--token-file", "-", "--debug", input: token))
            #expect(runs.map(\.status) == [0, 5, 0, 0, 4, 0, 0, 0, 5], "\(runs)")

            let secret = Base64URL.decode(token)?.dropFirst(16).hexadecimal
            // Also without the id in front, and as bytes.
            let forms = [token, String(token.suffix(42)), try #require(secret)]
            for run in runs { #expect(forms.allSatisfy { !run.stdout.contains($0) }, "\(run)") }
            for run in runs + [sent] { #expect(forms.allSatisfy { !run.stderr.contains($0) }, "\(run)") }
            for service in ["identity", "organization"] {
                let everything = try await TestDatabases.current[service].everything()
                #expect(everything.contains("bob@example.org"))
                #expect(forms.allSatisfy { !everything.contains($0) }, "\(service)")
            }
        }
    }

    @Test func `events and operations carry no address`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await program.run("identity", "user", "register", "ada@example.org")
            await program.run("org", "create", "acme", "--owner", "ada@example.org")
            #expect(await program.run("org", "invite", "send", "bob@example.org", "--org", "acme").status == 0)
            #expect(await program.run("org", "invite", "revoke", "bob@example.org", "--org", "acme").status == 0)
            let texts = try await TestDatabases.current["organization"].texts(
                "select row_to_json(outbox)::text from outbox union all select row_to_json(operations)::text from operations")
            #expect(texts.count == 7 && texts.allSatisfy { $0?.contains("bob@") == false })
        }
    }

    @Test func `a statement that fails does not show its values`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await program.run("identity", "user", "register", "ada@example.org")
            await program.run("org", "create", "acme", "--owner", "ada@example.org")
            try await TestDatabases.current["organization"].run(
                "alter table invitations add constraint no_bob check (email <> 'bob@example.org')", as: .owner)
            let result = await program.run("org", "invite", "send", "bob@example.org", "--org", "acme", "--debug")
            #expect(result.status == 1 && result.stderr.contains("no_bob") && !result.stderr.contains("\\x"), "\(result)")
        }
    }
}
