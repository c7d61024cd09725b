import Kernel
import Organization
import Testing

@Suite struct OrganizationErrorTests {
    @Test(arguments: [
        (OrganizationError.invalidSlug("x"), "SLUG_INVALID", 64), (.invalidName("x"), "NAME_INVALID", 64),
        (.slugTaken("acme"), "SLUG_TAKEN", 5),
        (.organizationNotFound("acme"), "ORG_NOT_FOUND", 3),
        (.lifetimeTooLong, "EXPIRY_INVALID", 64), (.invitationExists("bob@example.org", organization: "acme"), "INVITATION_EXISTS", 5),
        (.invitationNotFound("x", organization: "acme"), "INVITATION_NOT_FOUND", 3), (.tokenUnknown, "INVITATION_NOT_FOUND", 3),
        (.invitationUsed(organization: "acme"), "INVITATION_USED", 5),
        (.invitationRejected(organization: "acme"), "INVITATION_REJECTED", 5),
        (.invitationRevoked(organization: "acme"), "INVITATION_REVOKED", 5),
        (.invitationExpired(organization: "acme"), "INVITATION_EXPIRED", 5),
        (.invitedOther("bob@example.org", organization: "acme"), "INVITATION_FOR_ANOTHER", 4),
    ])
    func `codes and exit statuses are the contract`(error: OrganizationError, code: String, status: Int32) {
        #expect(error.failure.code.name == code)
        #expect(error.failure.code.exit.rawValue == status)
    }

    @Test func `a message names the value`() {
        #expect(OrganizationError.organizationNotFound("acme").failure.message == "organization \"acme\" does not exist")
    }
}
