import Identity
import Kernel
import Testing

@Suite struct CredentialErrorTests {
    @Test(arguments: [
        (CredentialError.passwordCommon, "PASSWORD_COMMON", 64), (.passwordResemblesEmail, "PASSWORD_RESEMBLES_EMAIL", 64),
        (.resetLifetimeTooLong, "EXPIRY_INVALID", 64), (.resetUnknown, "RESET_NOT_FOUND", 3), (.resetUsed, "RESET_USED", 5),
        (.resetSuperseded, "RESET_SUPERSEDED", 5), (.resetExpired, "RESET_EXPIRED", 5), (.mfaRequired, "MFA_REQUIRED", 4),
        (.mfaCodeWrong, "MFA_CODE_WRONG", 4), (.mfaCodeUsed, "MFA_CODE_USED", 4),
        (.mfaPaused(until: Timestamp(microseconds: 0)), "MFA_PAUSED", 75), (.mfaEnabled("ada"), "MFA_ENABLED", 5),
        (.mfaNotEnrolled("ada"), "MFA_NOT_ENROLLED", 5), (.mfaOff("ada"), "MFA_OFF", 5), (.mfaChanged, "MFA_CHANGED", 75),
    ])
    func `codes and exit statuses are the contract`(error: CredentialError, code: String, status: Int32) {
        #expect(error.failure.code.name == code)
        #expect(error.failure.code.exit.rawValue == status)
    }
}
