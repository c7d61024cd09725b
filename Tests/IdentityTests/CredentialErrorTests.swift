import Identity
import Kernel
import Testing

@Suite struct CredentialErrorTests {
    @Test(arguments: [
        (CredentialError.passwordCommon, "PASSWORD_COMMON", 64), (.passwordResemblesEmail, "PASSWORD_RESEMBLES_EMAIL", 64),
    ])
    func `codes and exit statuses are the contract`(error: CredentialError, code: String, status: Int32) {
        #expect(error.failure.code.name == code)
        #expect(error.failure.code.exit.rawValue == status)
    }
}
