import Kernel
import Testing
import Workflow

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
        (.projectLimit(limit: 3, used: 3), "PROJECT_LIMIT", 5),
    ])
    func `codes and exit statuses are the contract`(error: WorkflowError, code: String, status: Int32) {
        #expect(error.failure.code.name == code)
        #expect(error.failure.code.exit.rawValue == status)
    }
}
