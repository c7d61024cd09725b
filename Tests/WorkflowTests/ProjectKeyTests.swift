import Kernel
import OrganizationEvents
import Testing
import Workflow
import WorkflowEvents

@Suite struct ProjectKeyTests {
    @Test(arguments: ["WEB", "AB", "A1", "X9Z", "ABCDEFGHIJ"])
    func `a letter, then letters and digits`(text: String) throws {
        #expect(try ProjectKey(text).text == text)
    }

    private static let refused = [
        "", "A", "web", "Web", "1A", "A-B", "A B", " AB", "AB ", "AB\n", "ABCDEFGHIJK", "ÄB", "A\u{301}B", "ＡＢ", "A_B", "A\u{0}",
        "А\u{412}", "A١",
    ]

    @Test func `anything else is refused`() {
        for text in Self.refused { #expect(throws: WorkflowError.invalidProjectKey(text)) { try ProjectKey(text) } }
    }

    @Test(arguments: [
        (WorkflowError.invalidProjectKey("x"), "PROJECT_KEY_INVALID", 64), (.invalidProjectName("x"), "NAME_INVALID", 64),
        (.projectKeyTaken("WEB"), "PROJECT_KEY_TAKEN", 5), (.organizationUnknown("acme"), "ENTITLEMENTS_NOT_FOUND", 3),
        (.projectLimit(limit: 3, used: 3), "PROJECT_LIMIT", 5), (.projectNotFound("WEB", organization: "acme"), "PROJECT_NOT_FOUND", 3),
        (.projectArchived("WEB"), "PROJECT_ARCHIVED", 5), (.notAMember("acme"), "NOT_PERMITTED", 4),
        (.roleTooLow(.viewer, needs: .member), "NOT_PERMITTED", 4),
    ])
    func `codes and exit statuses are the contract`(error: WorkflowError, code: String, status: Int32) {
        #expect(error.failure.code.name == code)
        #expect(error.failure.code.exit.rawValue == status)
    }

    @Test(arguments: [
        (TaskError.invalidTitle("x"), "TASK_TITLE_INVALID", 64), (.invalidDescription, "TASK_DESCRIPTION_INVALID", 64),
        (.invalidReference("x"), "TASK_REFERENCE_INVALID", 64), (.notFound("WEB-1", organization: nil), "TASK_NOT_FOUND", 3),
        (.initialStatus(.done), "TASK_STATUS_INVALID", 64), (.transition(task: "WEB-1", from: .done, to: .backlog), "TASK_TRANSITION", 5),
        (.limit(limit: 3, used: 3), "TASK_LIMIT", 5), (.staleVersion(task: "WEB-1", given: 1, current: 2), "TASK_VERSION_STALE", 5),
        (.assigneeNotMember("bob", organization: "acme"), "ASSIGNEE_NOT_MEMBER", 5),
    ])
    func `those of tasks too`(error: TaskError, code: String, status: Int32) {
        #expect(error.failure.code.name == code)
        #expect(error.failure.code.exit.rawValue == status)
    }

    @Test func `a refused transition says what is possible`() {
        let failure = TaskError.transition(task: "WEB-1", from: .done, to: .backlog).failure
        #expect(failure.message == #"task "WEB-1" is done and cannot become backlog, only todo or in_progress"#)
        #expect(failure.hint == "saasctl workflow task status WEB-1 todo")
        #expect(TaskError.initialStatus(.done).failure.message == "a task does not begin as done, only as backlog, todo or in_progress")
    }
}
