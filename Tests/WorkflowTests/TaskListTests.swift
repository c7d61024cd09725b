import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing
import Workflow
import WorkflowEvents

@Suite(.databases("workflow")) struct TaskListTests {
    /// Three projects, three assignees and nobody, all statuses, some of the same instant.
    private func prepare(_ database: Connection) async throws -> Project {
        let project = try await database.prepare()
        let other = try await database.createProject("APP").value
        let gone = try await database.createProject("OLD").value
        let start = OperationContext.ofTest().now
        for number in 0..<24 {
            let at = start.advanced(by: .seconds(number / 3 * 10))
            let assignee = [1, 2, 3, nil][number % 4] as UInt64?
            try await database.createTask(in: [project, other, gone][number % 3], assignee: assignee, .ofTest(at: at))
        }
        try await database.execute(
            """
            update tasks set status = (array['backlog', 'todo', 'in_progress', 'in_review', 'cancelled'])[1 + number % 5]
            """)
        try await database.archive(gone)
        return project
    }

    @Test func `pages neither overlap nor leave out, whatever they are narrowed to`() async throws {
        let database = try await connect()
        let project = try await prepare(database)
        let conditions: [(SQL, (inout TaskFilter) -> Void)] = [
            ("p.status = 'active'", { _ in }),
            ("p.key = 'WEB'", { $0.projectId = project.id }),
            ("p.status = 'active' and t.status = 'todo'", { $0.statuses = [.todo] }),
            ("p.status = 'active' and t.status in ('todo', 'cancelled')", { $0.statuses = [.todo, .cancelled] }),
            ("p.status = 'active' and t.assignee_id is null", { $0.assignee = .nobody }),
            ("p.status = 'active' and t.assignee_id = \(UUID.numbered(2))", { $0.assignee = .user(.numbered(2)) }),
            (
                "p.key = 'WEB' and t.status in ('todo', 'backlog') and t.assignee_id = \(UUID.numbered(1))",
                {
                    $0.projectId = project.id
                    $0.statuses = [.todo, .backlog]
                    $0.assignee = .user(.numbered(1))
                }
            ),
            ("false", { $0.statuses = [.done] }),
        ]
        for (condition, narrow) in conditions {
            var filter = TaskFilter()
            narrow(&filter)
            let wanted = filter
            let expected = try await database.fetch(
                """
                select t.id from tasks as t join projects as p on p.id = t.project_id where \(fragment: condition)
                order by t.created_at desc, t.id desc
                """, as: UUID.self)
            for limit in [1, 3, 100] {
                let pages = try await pages { cursor in
                    try await database.session { try TaskService.tasks(of: .numbered(1), wanted, before: cursor, limit: limit, in: $0) }
                }
                #expect(pages.flatMap(\.self).map(\.id) == expected, "\(condition.text)")
                #expect(pages.dropLast().allSatisfy { $0.count == limit })
            }
        }
        #expect(try await database.session { try TaskService.tasks(of: .numbered(2), limit: 10, in: $0).items.isEmpty })
    }
}

@Suite(.databases("workflow")) struct TaskSchemaTests {
    @Test func `the tables refuse what no rule would let through`() async throws {
        let database = try await connect()
        let task = try await database.createTask(in: database.prepare())
        for bad: SQL in [
            "update tasks set number = 0", "update tasks set title = ''", "update tasks set status = 'gone'",
            "update tasks set priority = 'huge'", "update tasks set version = 0", "update tasks set event_sequence = 0",
            "update tasks set status = 'done'", "update tasks set completed_at = now()", "update tasks set description = ''",
            "update projects set task_count = -1",
        ] {
            #expect(try await database.refusal(of: bad) == .checkViolation, "\(bad.text)")
        }
        let again: SQL = """
            insert into tasks select gen_random_uuid(), organization_id, project_id, number, title, description, status, priority, assignee_id,
                due_at, version, event_sequence, created_at, updated_at, completed_at from tasks where id = \(task.id)
            """
        #expect(try await database.refusal(of: again) == .uniqueViolation)
        for forbidden: SQL in ["truncate tasks", "drop table tasks"] {
            #expect(try await database.refusal(of: forbidden) == .insufficientPrivilege, "\(forbidden.text)")
        }
    }
}
