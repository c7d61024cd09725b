import CommandKit
import FoundationEssentials
import Kernel
import TestSupport
import Testing

/// What commands print, in the formats that programs and people read.
@Suite(.databases("identity", "organization")) struct OutputTests {
    private let snakeCase = #/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/#

    @Test func `json of one object says what it is`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let created = try await program.run("identity", "user", "register", "Ada@Example.org", "--name", "Ada Lovelace", "-o", "json")
                .json()
            #expect(
                created.keys == [
                    "created_at", "email", "has_mfa", "has_password", "id", "kind", "name", "schema", "status", "updated_at", "version",
                ])
            #expect(created["schema"]?.string == "saasctl/v1" && created["kind"]?.string == "User")
            #expect(created["email"]?.string == "Ada@Example.org" && created["status"]?.string == "active")
            #expect(created["has_password"] == .bool(false) && created["version"] == .integer(1))
            let id = try #require(created["id"]?.string)
            #expect(id == id.lowercased() && UUID(uuidString: id) != nil)
            #expect(created["created_at"]?.string.flatMap { Timestamp($0) } != nil)

            let got = try await program.run("identity", "user", "get", "ada@example.org", "-o", "json").json()
            #expect(got == created, "what a change prints is what a look shows")
        }
    }

    @Test func `json of a list has items and a next`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let empty = try await program.run("org", "list", "-o", "json").json()
            #expect(empty.keys == ["items", "kind", "next", "schema"])
            #expect(empty["kind"]?.string == "OrganizationList" && empty["items"] == .array([]) && empty["next"] == .null)

            for slug in ["a1", "b2", "c3"] { await program.run("org", "create", slug, "--owner", Self.owner) }
            let first = await program.run("org", "list", "--limit", "2", "-o", "json")
            let page = try first.json()
            #expect(page["items"]?.elements.compactMap { $0["slug"]?.string } == ["c3", "b2"], "newest first")
            #expect(
                page["items"]?.elements.first?.keys == [
                    "created_at", "id", "is_ownerless", "name", "slug", "status", "updated_at", "version",
                ])
            let next = try #require(page["next"]?.string)
            #expect(first.stderr.contains("there is more: go on with --cursor \(next)"), "a cut list says so")

            let rest = await program.run("org", "list", "--limit", "2", "--cursor", next, "-o", "json")
            #expect(try rest.json()["items"]?.elements.compactMap { $0["slug"]?.string } == ["a1"])
            #expect(try rest.json()["next"] == .null && rest.stderr.isEmpty)
            let all = try await program.run("org", "list", "--all", "-o", "json").json()
            #expect(all["items"]?.elements.count == 3 && all["next"] == .null)
            #expect(page.allKeys().allSatisfy { $0.wholeMatch(of: snakeCase) != nil })
        }
    }

    @Test func `name is what the next command takes`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let user = await program.run("identity", "user", "register", "ada@example.org", "-o", "name")
            #expect(user.lines.count == 1)
            let organization = await program.run("org", "create", "acme", "--owner", user.text, "-o", "name")
            #expect(organization.stdout == "acme\n")
            await program.run("org", "create", "beta", "--owner", user.text)
            #expect(await program.run("org", "list", "-o", "name").stdout == "beta\nacme\n")
            #expect(await program.run("identity", "user", "get", user.text, "-o", "name").stdout == user.stdout)
            #expect(await program.run("org", "list", "--slug", "none*", "-o", "name").stdout.isEmpty)
        }
    }

    @Test func `the table has headers unless told otherwise`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await program.run("org", "create", "acme", "--name", "株式会社さくら", "--owner", Self.owner)
            await program.run("org", "create", "a-longer-one", "--name", "Zoë\u{1B}[31m".filter { $0 != "\u{1B}" }, "--owner", Self.owner)
            let table = await program.run("org", "list")
            #expect(table.lines.count == 3)
            #expect(table.lines[0].split(separator: " ", omittingEmptySubsequences: true).prefix(3) == ["SLUG", "NAME", "STATUS"])
            #expect(table.lines[2].hasPrefix("acme          株式会社さくら  active"), "\(table)")
            let bare = await program.run("org", "list", "--no-headers")
            #expect(bare.lines == Array(table.lines.dropFirst()))
            let one = await program.run("org", "get", "acme")
            #expect(one.lines.first == "slug:        acme" && one.stderr.isEmpty, "\(one)")
        }
    }

    @Test func `errors are json where results are`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let result = await program.run("org", "get", "nosuch", "-o", "json")
            #expect(result.status == 3 && result.stdout.isEmpty)
            let error = try JSONValue(parsing: result.stderr)
            #expect(error["schema"]?.string == "saasctl/v1" && error["kind"]?.string == "Error")
            #expect(error["code"]?.string == "ORG_NOT_FOUND" && error["exit_status"] == .integer(3))
            #expect(error["message"]?.string == "organization \"nosuch\" does not exist")
            #expect(error["hint"]?.string == "saasctl org list")
            #expect(error["ref"]?.string.flatMap { UUID(uuidString: $0) } != nil)
            let variable = await program.run("org", "get", "nosuch", variables: ["SAASCTL_OUTPUT": "json"])
            #expect(try JSONValue(parsing: variable.stderr)["code"]?.string == "ORG_NOT_FOUND")
            let usage = await program.run("org", "creat", "x", "-o", "json")
            #expect(try JSONValue(parsing: usage.stderr)["code"]?.string == "USAGE", "also where nothing could be parsed")
        }
    }

    @Test func `a lost result of a change is not a change that failed`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let full = TerminalError.writeFailed(errno: 28)
            let created = await program.run(["org", "create", "acme", "--owner", Self.owner], outputFailsWith: full)
            #expect(created.status == 1 && created.code == "OUTPUT_FAILED", "\(created)")
            #expect(created.stderr.contains("the change was made, but its result could not be written"), "\(created)")
            #expect(created.stderr.contains("try: saasctl org get acme\n"), "\(created)")
            #expect(await program.run("org", "list", "-o", "name").stdout == "acme\n")

            let read = await program.run(["org", "get", "acme"], outputFailsWith: full)
            #expect(read.status == 1 && read.code == "OUTPUT_FAILED" && !read.stderr.contains("change"), "\(read)")
            let rehearsed = await program.run(["org", "create", "beta", "--owner", Self.owner, "-n"], outputFailsWith: full)
            #expect(rehearsed.status == 1 && !rehearsed.stderr.contains("was made"), "\(rehearsed)")
            let key = ["org", "create", "gamma", "--owner", Self.owner, "--idempotency-key", "k"]
            await program.run(key)
            let repeated = await program.run(key, outputFailsWith: full)
            #expect(repeated.code == "OUTPUT_FAILED" && !repeated.stderr.contains("was made"), "\(repeated)")
        }
    }

    @Test func `notices are json where results are`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            for slug in ["a1", "b2"] { await program.run("org", "create", slug, "--owner", Self.owner) }
            let notice = try JSONValue(parsing: await program.run("org", "list", "--limit", "1", "-o", "json").stderr)
            #expect(notice["schema"]?.string == "saasctl/v1" && notice["kind"]?.string == "Notice")
            #expect(notice["message"]?.string?.hasPrefix("there is more: go on with --cursor ") == true)
            let explained = await program.run("db", "verify", "--service", "organization", "-v", "-o", "json")
            #expect(try JSONValue(parsing: explained.stderr)["kind"]?.string == "Notice", "\(explained)")
        }
    }

    static let owner = "0192f3a4-5b6c-7d8e-9f01-23456789abcd"
}

extension JSONValue {
    /// The names of all members at any depth.
    fileprivate func allKeys() -> [String] {
        switch self {
        case .object(let members): members.keys + members.values.flatMap { $0.allKeys() }
        case .array(let elements): elements.flatMap { $0.allKeys() }
        default: []
        }
    }
}
