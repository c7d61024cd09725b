import Kernel
import Testing

@testable import Identity

@Suite struct OneTimePasswordTests {
    private static let secret = OneTimePasswordSecret(bytes: Array("12345678901234567890".utf8))

    /// RFC 6238, appendix B, the rows of SHA-1: eight digits.
    @Test(
        arguments: [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
        ] as [(Int64, String)])
    func `the passwords are those of RFC 6238`(second: Int64, code: String) {
        let step = OneTimePasswordSecret.step(at: Timestamp(microseconds: second * 1_000_000))
        #expect(Self.secret.code(at: step, digits: 8) == code)
        #expect(Self.secret.code(at: step) == code.suffix(6))
    }

    /// RFC 4226, appendix D.
    @Test func `the passwords are those of RFC 4226`() {
        let expected = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
        #expect((0..<10).map { Self.secret.code(at: $0) } == expected)
    }

    @Test func `a step lasts thirty seconds, its last instant included`() {
        func step(_ microseconds: Int64) -> Int64 { OneTimePasswordSecret.step(at: Timestamp(microseconds: microseconds)) }
        #expect(step(0) == 0 && step(29_999_999) == 0 && step(30_000_000) == 1 && step(59_999_999) == 1)
        #expect(step(-1) == 0 && step(-90_000_000) == 0)
    }

    /// RFC 6238, section 6.
    @Test func `a clock may be one step off in either direction, and no more`() {
        let now = Timestamp(microseconds: 1_111_111_109_000_000)
        let current = OneTimePasswordSecret.step(at: now)
        for step in current - 3...current + 3 {
            let found = Self.secret.step(of: Self.secret.code(at: step), at: now)
            #expect(found == (abs(step - current) <= 1 ? step : nil))
        }
        let start = Timestamp(microseconds: 0)
        #expect(Self.secret.step(of: "755224", at: start) == 0 && Self.secret.step(of: "287082", at: start) == 1)
    }

    @Test func `what is no password is none's`() {
        let now = Timestamp(microseconds: 59_000_000)
        for text in ["", "28708", "2870820", "94287082", "287 082", "２８７０８２", "abcdef", "287082 "] {
            #expect(Self.secret.step(of: text, at: now) == nil)
        }
    }

    /// The key is that of the example in "Key Uri Format" (github.com/google/google-authenticator/wiki/Key-Uri-Format), which is 10 bytes long.
    @Test func `the address is in the form that apps scan`() {
        let secret = OneTimePasswordSecret(bytes: Array("Hello!".utf8) + [0xDE, 0xAD, 0xBE, 0xEF])
        #expect(secret.base32 == "JBSWY3DPEHPK3PXP")
        let uri = secret.uri(issuer: "ACME Co", account: "john.doe+x@email.com")
        #expect(uri.hasPrefix("otpauth://totp/ACME%20Co:john.doe%2Bx%40email.com?"))
        #expect(uri.hasSuffix("?secret=JBSWY3DPEHPK3PXP&issuer=ACME%20Co&algorithm=SHA1&digits=6&period=30"))
        let odd = secret.uri(issuer: "https://a.b", account: "é/?&")
        #expect(odd.hasPrefix("otpauth://totp/%C3%A9%2F%3F%26?secret=") && odd.contains("&issuer=https%3A%2F%2Fa.b&"))
    }

    @Test func `secrets are random, as long as SHA-1's codes, and never printed`() {
        let secrets = (0..<50).map { _ in OneTimePasswordSecret.random() }
        #expect(Set(secrets.map(\.base32)).count == 50 && secrets.allSatisfy { $0.bytes.count == 20 && $0.base32.count == 32 })
        #expect("\(secrets[0])" == "(redacted)" && !String(reflecting: secrets[0]).contains(secrets[0].base32))
    }
}
