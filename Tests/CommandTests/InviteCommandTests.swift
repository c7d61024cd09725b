import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

/// Invitations, as an operator works with them.
@Suite(.databases("identity", "organization")) struct InviteCommandTests {
    /// Registers these users and makes `acme` of the first one.
    private func prepare(_ program: Program, users: String...) async throws -> [String] {
        var ids: [String] = []
        for user in users {
            ids.append(try #require(await program.run("identity", "user", "register", "\(user)@example.org", "-o", "name").lines.first))
        }
        let created = await program.run("org", "create", "acme", "--owner", "\(users[0])@example.org")
        #expect(created.status == 0, "\(created)")
        return ids
    }

    private func send(_ program: Program, _ email: String, _ flags: String...) async throws -> (id: String, token: String) {
        let sent = await program.run(["org", "invite", "send", email, "--org", "acme", "-o", "json"] + flags)
        #expect(sent.status == 0, "\(sent)")
        let invitation = try sent.json()
        return (try #require(invitation["id"]?.string), try #require(invitation["token"]?.string))
    }

    @Test func `somebody is invited, registers, accepts, and is a member`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            _ = try await prepare(program, users: "ada")
            let sent = await program.run("org", "invite", "send", "Bob@Example.org", "--role", "admin", "--org", "acme")
            #expect(sent.status == 0 && sent.stderr.isEmpty, "\(sent)")
            let token = try #require(sent.lines.first { $0.hasPrefix("token:") }?.split(separator: " ").last)
            let file = try program.scratch.write("\(token)\n", to: "token")
            #expect(await program.run("org", "invites", "list", "acme").stdout.contains("Bob@Example.org  admin  pending"))

            let early = await program.run("org", "invite", "accept", "--token-file", file, "--user", "bob@example.org")
            #expect(early.status == 3 && early.code == "USER_NOT_FOUND", "\(early)")
            let bob = try #require(await program.run("identity", "user", "register", "bob@example.org", "-o", "name").lines.first)
            let accept = ["org", "invite", "accept", "--token-file", file, "--user", "bob@example.org", "-o", "json"]
            let accepted = await program.run(accept)
            #expect(accepted.status == 0, "\(accepted)")
            let invitation = try accepted.json()
            #expect(invitation["kind"]?.string == "Invitation" && invitation["status"]?.string == "accepted")
            #expect(invitation["user_id"]?.string == bob && invitation["token"] == nil)
            #expect(await program.run("org", "member", "list", "acme", "--role", "admin", "-o", "name").lines == [bob])
            #expect(await program.run(accept).stdout == accepted.stdout, "accepting again changes nothing")

            #expect(await program.run("org", "invite", "list", "acme", "-o", "name").lines.isEmpty)
            let list = try await program.run("org", "invite", "list", "--org", "acme", "--status", "all", "-o", "json").json()
            #expect(list["kind"]?.string == "InvitationList" && list["items"]?.elements.map { $0["status"]?.string } == ["accepted"])
            #expect(
                try await TestDatabases.current["organization"].texts("select command from operations order by at") == [
                    "org create", "org invite send", "org invite accept",
                ])
        }
    }

    @Test func `the token comes from standard input too, and the user may be that of --as`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let ids = try await prepare(program, users: "ada", "bob", "cyd")
            let forBob = try await send(program, "bob@example.org", "--as", "ada@example.org")
            let accept = ["org", "invite", "accept", "--token-file", "-"]
            let nobody = await program.run(accept, input: forBob.token + "\n")
            #expect(nobody.status == 64 && nobody.stderr.contains("--user or --as"), "\(nobody)")
            let forOther = await program.run(accept + ["--user", ids[1], "--as", "cyd@example.org"], input: forBob.token + "\n")
            #expect(forOther.status == 4 && forOther.code == "NOT_PERMITTED", "\(forOther)")
            let other = await program.run(accept + ["--as", "cyd@example.org"], input: forBob.token + "\n")
            #expect(other.status == 4 && other.code == "INVITATION_FOR_ANOTHER" && !other.stderr.contains("bob@"), "\(other)")
            let accepted = await program.run(accept + ["--as", "bob@example.org"], input: "  \(forBob.token)\r\nmore\n")
            #expect(accepted.status == 0, "\(accepted)")

            let forCyd = try await send(program, "cyd@example.org")
            let reject = ["org", "invite", "reject", "--token-file", "-"]
            let refused = await program.run(reject + ["--as", "bob@example.org"], input: forCyd.token + "\n")
            #expect(refused.status == 4 && refused.code == "INVITATION_FOR_ANOTHER", "\(refused)")
            #expect(try await program.run(reject + ["-o", "json"], input: forCyd.token + "\n").json()["status"]?.string == "rejected")
            #expect(try await program.run(reject + ["-o", "json"], input: forCyd.token + "\n").json()["id"]?.string == forCyd.id)
            #expect(
                try await TestDatabases.current["organization"].texts(
                    "select actor from operations where command like 'org invite%' and actor like 'user:%' order by at")
                    == ["user:\(ids[0])", "user:\(ids[1])"])
        }
    }

    @Test func `what is not there, not possible or not permitted has its exit status, and changes nothing`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            _ = try await prepare(program, users: "ada", "bob", "cyd")
            await program.run("org", "member", "add", "bob@example.org", "--org", "acme")
            let open = try await send(program, "cyd@example.org")
            let gone = try await send(program, "gone@example.org")
            #expect(await program.run("org", "invite", "revoke", gone.id, "--org", "acme").status == 0)
            let before = try await TestDatabases.current.contents()
            func expect(_ status: Int32, _ code: String, input: String = "", _ arguments: String...) async {
                let result = await program.run(["org", "invite"] + arguments, input: input)
                #expect(result.status == status && result.code == code && result.stdout.isEmpty, "\(result)")
            }
            await expect(5, "INVITATION_EXISTS", "send", "CYD@example.org", "--org", "acme")
            await expect(5, "MEMBER_EXISTS", "send", "bob@example.org", "--role", "admin", "--org", "acme")
            await expect(64, "EMAIL_INVALID", "send", "nonsense", "--org", "acme")
            await expect(64, "EXPIRY_INVALID", "send", "new@example.org", "--expires", "31d", "--org", "acme")
            await expect(64, "USAGE", "send", "new@example.org", "--expires", "0d", "--org", "acme")
            await expect(64, "USAGE", "send", "new@example.org")
            await expect(64, "USAGE", "send", "new@example.org", "--idempotency-key", "k1", "--org", "acme")
            await expect(3, "ORG_NOT_FOUND", "send", "new@example.org", "--org", "nowhere")
            await expect(3, "ORG_NOT_FOUND", "list", "019cece3-51c7-7000-8000-000000000009")
            await expect(4, "NOT_PERMITTED", "send", "new@example.org", "--org", "acme", "--as", "bob@example.org")
            await expect(4, "NOT_PERMITTED", "revoke", "cyd@example.org", "--org", "acme", "--as", "cyd@example.org")
            await expect(3, "INVITATION_NOT_FOUND", "revoke", "new@example.org", "--org", "acme")
            let accept = ["accept", "--user", "cyd@example.org", "--token-file", "-"]
            await expect(5, "INVITATION_REVOKED", input: gone.token, "reject", "--token-file", "-")
            await expect(64, "USAGE", input: "\n", "reject", "--token-file", "-")
            // What is no token, a token of no invitation, and one of another key, are told the same.
            let forged = String(open.token.prefix(40)) + String(open.token.suffix(24).reversed())
            var texts: Set<[Substring]> = []
            for text in [forged, String(repeating: "A", count: 64), "nonsense"] {
                let result = await program.run(["org", "invite"] + accept, input: text + "\n")
                #expect(result.status == 3 && result.code == "INVITATION_NOT_FOUND" && result.stdout.isEmpty, "\(result)")
                texts.insert(result.stderr.split(separator: "\n").filter { !$0.contains("ref: ") })
            }
            #expect(texts.count == 1)
            #expect(try await TestDatabases.current.contents() == before)
            #expect(await program.run("org", "invite", "revoke", "Gone@example.org", "--org", "acme").status == 0)
            #expect(try await TestDatabases.current.contents() == before, "revoking again changes nothing")
        }
    }

    @Test func `the clock decides, and not the server's`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            _ = try await prepare(program, users: "ada", "bob")
            let sent = try await send(program, "bob@example.org", "--expires", "1d")
            var later = program
            later.clock = ShiftedClock(by: .seconds(86_400))
            #expect(await program.run("org", "invite", "list", "acme", "-o", "name").lines == [sent.id])
            #expect(await later.run("org", "invite", "list", "acme", "-o", "name").lines.isEmpty)
            #expect(await later.run("org", "invite", "list", "acme", "--status", "expired", "-o", "name").lines == [sent.id])
            let accept = ["org", "invite", "accept", "--token-file", "-", "--user", "bob@example.org"]
            let expired = await later.run(accept, input: sent.token)
            #expect(expired.status == 5 && expired.code == "INVITATION_EXPIRED", "\(expired)")
            #expect(await later.run("org", "invite", "send", "bob@example.org", "--org", "acme").status == 0)
            #expect(
                try await TestDatabases.current["organization"].texts("select type from outbox order by position").suffix(3) == [
                    "saas.invitation.sent.v1", "saas.invitation.expired.v1", "saas.invitation.sent.v1",
                ])
        }
    }
}
