import FoundationEssentials
import Kernel
import TestSupport
import Testing

@testable import Organization

@Suite struct InvitationTokenTests {
    private let expiry = Timestamp(year: 2026, month: 3, day: 21)
    private let token = InvitationToken(
        invitationId: .numbered(1), expiresAt: Timestamp(year: 2026, month: 3, day: 21), key: [UInt8](repeating: 9, count: 32))

    @Test func `the text is the token again, and the id is in it`() throws {
        #expect(token.text.count == 64 && token.text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        let read = try #require(InvitationToken(token.text))
        #expect(read.text == token.text && read.invitationId == .numbered(1) && read.hash == token.hash)
        #expect(read.matches(token.hash) && token.fingerprint == token.hash.hexadecimal && token.hash.count == 32)
    }

    @Test func `it is the same whenever it is made, and another one for another id, expiry or key`() {
        let key = [UInt8](repeating: 9, count: 32)
        #expect(InvitationToken(invitationId: .numbered(1), expiresAt: expiry, key: key).text == token.text)
        for other in [
            InvitationToken(invitationId: .numbered(2), expiresAt: expiry, key: key),
            InvitationToken(invitationId: .numbered(1), expiresAt: expiry.advanced(by: .microseconds(1)), key: key),
            InvitationToken(invitationId: .numbered(1), expiresAt: expiry, key: [UInt8](repeating: 8, count: 32)),
        ] {
            // The ids are not what makes them different.
            #expect(other.text.dropFirst(22) != token.text.dropFirst(22) && !other.matches(token.hash))
        }
    }

    /// Computed with Python's `hmac` and `base64`.
    @Test func `its form is fixed, for who makes it again`() {
        #expect(token.text == "AZzs41HHcACAAAAAAAAAAcBcGjahbVR5ewACBgv5EseJQwNeRHszbtwoxTBBx3_N")
    }

    @Test func `a changed character makes it another token`() throws {
        for place in 0..<64 {
            var characters = Array(token.text)
            characters[place] = characters[place] == "A" ? "B" : "A"
            #expect(try #require(InvitationToken(String(characters))).matches(token.hash) == false)
        }
    }

    @Test func `what has not its form is none`() {
        let text = token.text
        for other in ["", "x", String(text.dropLast()), text + "A", text + "=", " " + text, String(repeating: "é", count: 64)] {
            #expect(InvitationToken(other) == nil)
        }
    }

    @Test func `it is not printed by accident`() {
        #expect("\(token)" == "(redacted)" && String(reflecting: token) == "(redacted)")
    }
}
