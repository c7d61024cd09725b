import Cryptography
import FoundationEssentials
import Kernel
import Organization
import TestSupport
import Testing

@Suite struct InvitationTokenTests {
    /// Computed with Python's `hmac` and `base64`.
    @Test func `its form is fixed, for who makes it again`() {
        let token = InvitationToken(
            id: .numbered(1), expiresAt: Timestamp(year: 2026, month: 3, day: 21), key: [UInt8](repeating: 9, count: 32))
        #expect(token.text == "AZzs41HHcACAAAAAAAAAAcBcGjahbVR5ewACBgv5EseJQwNeRHszbtwoxTBBx3_N")
        #expect(InvitationToken.keyPurpose == "invitation")
    }
}
