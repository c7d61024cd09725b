import Cryptography
import Testing

@Suite struct PasswordHashTests {
    /// From the self-test of Solar Designer's crypt_blowfish 1.3 (wrapper.c), in their `$2b$` form.
    @Test(arguments: [
        ("U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        ("U*U*", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
        ("U*U*U", "$2b$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
        ("", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"),
    ])
    func `the published vectors match`(password: String, hash: String) throws {
        #expect(try PasswordHash(stored: hash).matches(password))
        #expect(try !PasswordHash(stored: hash).matches(password + "x"))
    }

    @Test func `a hash has the form of crypt(5), matches its password and no other`() throws {
        let hash = try PasswordHash(bcrypt: "correct horse", cost: 4)
        #expect(hash.text.hasPrefix("$2b$04$"))
        #expect(hash.text.utf8.count == 60)
        #expect(try hash.matches("correct horse"))
        for wrong in ["", "correct hors", "correct horse ", "Correct horse", "correct\u{A0}horse"] {
            #expect(try !hash.matches(wrong))
        }
        #expect(try PasswordHash(stored: hash.text).matches("correct horse"))
    }

    @Test func `the same password never has the same hash`() throws {
        #expect(try PasswordHash(bcrypt: "correct horse", cost: 4) != PasswordHash(bcrypt: "correct horse", cost: 4))
    }

    @Test func `all 72 bytes count, those of several-byte characters too`() throws {
        let longest = String(repeating: "é", count: 36)
        let hash = try PasswordHash(bcrypt: longest, cost: 4)
        #expect(try hash.matches(longest))
        #expect(try !hash.matches(String(repeating: "é", count: 35) + "è"))
    }

    /// bcrypt would stop reading in both cases, and take a prefix for the password.
    @Test func `what no hash was made of matches none`() throws {
        let full = String(repeating: "a", count: 72)
        #expect(try !PasswordHash(bcrypt: full, cost: 4).matches(full + "b"))
        #expect(try !PasswordHash(bcrypt: "correct horse", cost: 4).matches("correct horse\u{0}battery staple"))
    }

    @Test(arguments: ["", "*0", "x", "$2b$", "$2b$04$short"])
    func `what is no hash is an error, not a mismatch`(stored: String) {
        #expect(throws: CryptUnavailable.self) { try PasswordHash(stored: stored).matches("x") }
    }
}
