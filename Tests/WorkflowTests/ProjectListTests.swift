import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing
import Workflow

@Suite(.databases("workflow")) struct ProjectListTests {
    @Test func `pages neither overlap nor leave out, and show this organization's active projects`() async throws {
        let database = try await connect()
        try await database.hear(
            .entitlements(version: 1, projects: nil), .entitlements(version: 1, projects: nil, of: .numbered(2)), from: "billing")
        let start = OperationContext.ofTest().now
        for number in 10..<20 {
            let at = start.advanced(by: .seconds(number.isMultiple(of: 4) ? number : 13))
            try await database.createProject("P\(number)", .ofTest(at: at))
            try await database.createProject("P\(number)", in: .numbered(2), .ofTest(at: at))
        }
        try await database.execute("update projects set status = 'archived' where key = 'P15'")
        let expected = try await database.fetch(
            "select id from projects where organization_id = \(UUID.numbered(1)) and status = 'active' order by created_at desc, id desc",
            as: UUID.self)
        #expect(expected.count == 9)
        for limit in [1, 2, 4, 8, 9, 10] {
            let pages = try await pages { cursor in
                try await database.session { try WorkflowService.projects(of: .numbered(1), before: cursor, limit: limit, in: $0) }
            }
            #expect(pages.flatMap(\.self).map(\.id) == expected)
            #expect(pages.dropLast().allSatisfy { $0.count == limit })
        }
        #expect(try await database.projects(of: .numbered(3)).isEmpty)
    }
}

@Suite(.databases("workflow")) struct WorkflowSchemaTests {
    private func project(key: String = "WEB", name: String = "Website", status: String = "active", version: Int = 1) -> SQL {
        """
        insert into projects (id, organization_id, key, name, status, version, created_at, updated_at)
        values (gen_random_uuid(), \(UUID.numbered(1)), \(key), \(name), \(status), \(version), now(), now())
        """
    }

    @Test func `the tables refuse what no rule would let through`() async throws {
        let database = try await connect()
        try await database.hear(.entitlements(version: 1, projects: nil), from: "billing")
        try await database.createProject("APP")
        #expect(try await database.refusal(of: project()) == nil)
        for bad: SQL in [
            project(key: "web"), project(key: "W"), project(key: "1W"), project(key: "WEB\n"), project(key: "ABCDEFGHIJK"),
            project(name: ""),
            project(name: String(repeating: "x", count: 201)), project(status: "gone"), project(version: 0),
            "insert into membership_cache values (gen_random_uuid(), gen_random_uuid(), 'king', 1)",
            "insert into membership_cache values (gen_random_uuid(), gen_random_uuid(), 'owner', 0)",
            "update entitlement_set_cache set version = 0",
        ] {
            #expect(try await database.refusal(of: bad) == .checkViolation, "\(bad.text)")
        }
        #expect(try await database.refusal(of: project(key: "APP")) == .uniqueViolation)
    }

    @Test func `the role that runs commands keeps caches, and removes no table`() async throws {
        let database = try await connect()
        #expect(try await database.refusal(of: "delete from membership_cache") == nil)
        for forbidden: SQL in [
            "truncate projects", "truncate membership_cache", "drop table projects", "create table t ()",
        ] {
            #expect(try await database.refusal(of: forbidden) == .insufficientPrivilege, "\(forbidden.text)")
        }
    }
}
