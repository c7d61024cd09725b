import Identity
import Kernel
import Testing

@Suite struct IdentityErrorTests {
    @Test(arguments: [
        (IdentityError.invalidName("x"), "NAME_INVALID", 64),
        (.passwordTooShort(minimum: 8), "PASSWORD_TOO_SHORT", 64), (.passwordTooLong(maximumBytes: 72), "PASSWORD_TOO_LONG", 64),
        (.passwordHasNul, "PASSWORD_INVALID", 64), (.emailTaken("ada@example.org"), "EMAIL_TAKEN", 5),
        (.userNotFound("ada"), "USER_NOT_FOUND", 3),
    ])
    func `codes and exit statuses are the contract`(error: IdentityError, code: String, status: Int32) {
        #expect(error.failure.code.name == code)
        #expect(error.failure.code.exit.rawValue == status)
    }

    @Test func `a message names the value, and the hint leads on`() {
        let failure = IdentityError.emailTaken("ada@example.org").failure
        #expect(failure.message == "a user with the e-mail \"ada@example.org\" exists already")
        #expect(failure.hint == "saasctl identity user get ada@example.org")
    }
}
