import Cryptography
import Kernel
import Testing

@testable import Identity

/// NIST SP 800-63B, section 5.1.1.2: what is commonly used, expected or compromised is refused, and so are derivatives of the user's name.
@Suite struct PasswordPolicyTests {
    @Test(arguments: ["password", "12345678", "Password", "QWERTYUIOP", "1234567890", "iloveyou", "trustno1", "PASSW0RD", "zxcvbnm1"])
    func `what everybody uses is refused, in any case`(text: String) throws {
        let password = try Password(text)
        #expect(throws: CredentialError.passwordCommon) { try NewPassword(password, cost: 4) }
    }

    @Test(arguments: [
        "correct horse", "passwordx9z", "        ", "漢字漢字漢字漢字", "aaaaaaaaaaaaaaaaaaaaaa", "pass word", "1234\n5678", "aaaaaaaa bbbbbbbb",
    ])
    func `there are no rules of composition`(text: String) throws {
        #expect(try NewPassword.ofTest(text).hash(for: EmailAddress("ada@example.org")).matches(text))
    }

    @Test func `the list has thousands of passwords, each of a length that would be taken otherwise`() {
        let words = "\(CommonPasswordList.words)".split { $0 == " " || $0 == "\n" }
        #expect(words.count > 10_000 && words == Set(words).sorted())
        for word in words { #expect(word.count >= Password.minimumCharacters && word.lowercased() == word, "\(word)") }
        for word in [words.first, words.last].compactMap(\.self) { #expect(PasswordPolicy.isCommon(String(word))) }
        #expect(!PasswordPolicy.isCommon("") && !PasswordPolicy.isCommon("password 12345678"))
    }

    @Test(arguments: [
        // The address, its local part, its domain, and parts of those.
        "ada.lovelace@analytical.example.org",
        "ada.lovelace", "Ada.Lovelace1843", "ANALYTICAL", "example.org", "my lovelace", "xxExampleXx",
        // Nearly, and whatever stands between.
        "ada.lovelaec", "da.lovelace", "adda.lovelice", "adalovelace", "ADA_LOVELACE_", "a.d.a.l.o.v.e.l.a.c.e", "analytica1", "4nalytical",
        // A part of it.
        "a.lovela", "lytical.exam",
    ])
    func `what is made of the address is refused`(text: String) throws {
        let email = try EmailAddress("Ada.Lovelace@analytical.example.org")
        let password = try NewPassword.ofTest(text)
        #expect(throws: CredentialError.passwordResemblesEmail) { try password.hash(for: email) }
    }

    @Test(arguments: [
        ("ada@example.org", "cascading rivers"), ("ada@example.org", "org.chart.of.us"), ("a@b.cc", "abcabcabc"),
        ("x.y@ab.example", "correct horse"), ("lovelace@example.org", "love and lace"), ("ada@example.org", "!!!!!!!!"),
        ("12345@example.org", "correct 1234 horse"), ("ada@example.org", "exam plus sentences"),
    ])
    func `what only shares letters with it is not`(address: String, text: String) throws {
        _ = try NewPassword.ofTest(text).hash(for: EmailAddress(address))
    }

    @Test func `letters are the same in any normalisation`() throws {
        let password = try NewPassword.ofTest("jose\u{301}phine 12")
        #expect(throws: CredentialError.passwordResemblesEmail) { try password.hash(for: EmailAddress("JOSÉPHINE@example.org")) }
    }

    @Test func `it never shows itself`() throws {
        let password = try NewPassword.ofTest("correct horse battery staple")
        #expect("\(password)" == "(redacted)" && !String(reflecting: password).contains("horse"))
    }
}
