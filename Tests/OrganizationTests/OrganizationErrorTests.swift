import Kernel
import Organization
import Testing

@Suite struct OrganizationErrorTests {
    @Test(arguments: [
        (OrganizationError.invalidSlug("x"), "SLUG_INVALID", 64), (.invalidName("x"), "NAME_INVALID", 64),
        (.slugTaken("acme"), "SLUG_TAKEN", 5),
        (.organizationNotFound("acme"), "ORG_NOT_FOUND", 3),
    ])
    func `codes and exit statuses are the contract`(error: OrganizationError, code: String, status: Int32) {
        #expect(error.failure.code.name == code)
        #expect(error.failure.code.exit.rawValue == status)
    }

    @Test func `a message names the value`() {
        #expect(OrganizationError.organizationNotFound("acme").failure.message == "organization \"acme\" does not exist")
    }
}
