import Kernel
import Testing

@Suite struct EmailAddressTests {
    @Test(arguments: [
        "ada@example.org", "a@b.c", "ADA.Lovelace+tag@Example.ORG", "o'hara!#$%&*/=?^_`{|}~-@example.org", "1@2.3", "a..b@example.org",
        "ädä@exämple.org", "用户@例子.广告", "josé@example.org", "jose\u{301}@example.org", "\u{1F600}@example.org", "a@b-c.d.e.f",
    ])
    func `addresses of any script are taken as typed`(text: String) throws {
        #expect(try EmailAddress(text).text.unicodeScalars.elementsEqual(text.unicodeScalars))
    }

    // Not the arguments of a test: the log would print the control characters among them.
    private static let refused = [
        "", " ", "ada", "@", "@example.org", "ada@", "ada@example", "ada@.org", "ada@example.", "ada@.", "ada@exa..mple.org",
        ".ada@example.org",
        "ada.@example.org", "ada@b@example.org", "ada@@example.org", "a da@example.org", "ada@exam ple.org", "ada@example.org x",
        "a\u{A0}a@example.org", "a\u{3000}a@example.org", "ada\n@example.org", "ada@example.org\nBcc:x@y.z", "a\ta@example.org",
        "a\u{0}@example.org", "a\u{7F}@example.org", "a\u{1B}[m@example.org", "Ada <ada@example.org>", "ada@example.org,bob@example.org",
        "ada@example.org;bob", "\"ada\"@example.org", "a(b)@example.org", "a[1]@example.org", "a\\b@example.org", "mailto:ada@example.org",
        "ada＠example.org", "ada@\u{301}example.org", "a\u{2028}b@example.org", "ad\u{200B}a@example.org", "ada@exa\u{AD}mple.org",
        "\u{202E}ada@example.org",
        "علی\u{200C}رضا@example.org", "ada@example.org\u{FEFF}",
    ]

    @Test func `what is no address is refused, and named as it was typed`() {
        for text in Self.refused { #expect(throws: InvalidEmailAddress(text: text)) { try EmailAddress(text) } }
    }

    @Test func `blanks at the ends are not part of it`() throws {
        #expect(try EmailAddress(" \tada@example.org\u{A0}\n").text == "ada@example.org")
    }

    /// RFC 5321, section 4.5.3.1, counts octets.
    @Test func `64 bytes before the at sign and 255 behind it are the most`() throws {
        let local = String(repeating: "l", count: 64)
        let domain = String(repeating: "d", count: 251) + ".org"
        #expect(try EmailAddress("\(local)@\(domain)").text.utf8.count == 320)
        #expect(throws: InvalidEmailAddress.self) { try EmailAddress("\(local)l@example.org") }
        #expect(throws: InvalidEmailAddress.self) { try EmailAddress("ada@d\(domain)") }
        #expect(try EmailAddress("\(String(repeating: "é", count: 32))@example.org").localPart.utf8.count == 64)
        #expect(throws: InvalidEmailAddress.self) { try EmailAddress("\(String(repeating: "é", count: 33))@example.org") }
    }

    @Test func `it has a part before the at sign, and a form without case`() throws {
        let email = try EmailAddress("ÉMILIE.du.Châtelet@Example.ORG")
        #expect(email.localPart == "ÉMILIE.du.Châtelet")
        #expect(email.folded == "émilie.du.châtelet@example.org")
        #expect(email.description == "ÉMILIE.du.Châtelet@Example.ORG")
    }

    @Test func `what is no address ends a command with 64`() {
        let failure = InvalidEmailAddress(text: "x").failure
        #expect(failure.code.name == "EMAIL_INVALID" && failure.code.exit == .usage)
        #expect(failure.message == "\"x\" is not an e-mail address")
    }
}
