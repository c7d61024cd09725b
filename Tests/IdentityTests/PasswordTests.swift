import Cryptography
import Identity
import Testing

@Suite struct PasswordTests {
    @Test(arguments: ["12345678", "        ", "pässwört", "漢字漢字漢字漢字", String(repeating: "a", count: 72), String(repeating: "é", count: 36)])
    func `eight characters of any kind are enough`(text: String) throws {
        #expect(try Password(text).hashed(cost: 4).matches(text))
    }

    private static let refused = [
        ("", IdentityError.passwordTooShort(minimum: 8)), ("1234567", .passwordTooShort(minimum: 8)),
        ("e\u{301}e\u{301}e\u{301}e\u{301}", .passwordTooShort(minimum: 8)),
        (String(repeating: "a", count: 73), .passwordTooLong(maximumBytes: 72)),
        (String(repeating: "é", count: 37), .passwordTooLong(maximumBytes: 72)),
        ("1234\u{0}56789", .passwordHasNul), ("\u{0}", .passwordHasNul),
    ]

    @Test func `what bcrypt would cut, and what is too short, is refused`() {
        for (text, error) in Self.refused { #expect(throws: error) { try Password(text) } }
    }

    @Test func `it never shows itself`() throws {
        let password = try Password("correct horse battery staple")
        #expect("\(password)" == "(redacted)")
        #expect(String(describing: password) == "(redacted)")
        #expect(!String(reflecting: password).contains("horse"))
    }
}
