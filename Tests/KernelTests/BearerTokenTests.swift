import Cryptography
import FoundationEssentials
import Kernel
import TestSupport
import Testing

private enum Exercise: BearerTokenKind {
    static let name = "exercise"
}

private enum Other: BearerTokenKind {
    static let name = "other"
}

@Suite struct BearerTokenTests {
    private let expiry = Timestamp(year: 2026, month: 3, day: 21)
    private let token = BearerToken<Exercise>(
        id: .numbered(1), expiresAt: Timestamp(year: 2026, month: 3, day: 21), key: [UInt8](repeating: 9, count: 32))

    @Test func `the text is the token again, and the id is in it`() throws {
        #expect(token.text.count == 64 && token.text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        let read = try #require(BearerToken<Exercise>(token.text))
        #expect(read.text == token.text && read.id == .numbered(1) && read.hash == token.hash)
        #expect(read.matches(token.hash) && token.fingerprint == token.hash.hexadecimal && token.hash.count == 32)
    }

    @Test func `it is the same whenever it is made, and another one for another id, expiry, key or kind`() {
        let key = [UInt8](repeating: 9, count: 32)
        #expect(BearerToken<Exercise>(id: .numbered(1), expiresAt: expiry, key: key).text == token.text)
        for other in [
            BearerToken<Exercise>(id: .numbered(2), expiresAt: expiry, key: key),
            BearerToken<Exercise>(id: .numbered(1), expiresAt: expiry.advanced(by: .microseconds(1)), key: key),
            BearerToken<Exercise>(id: .numbered(1), expiresAt: expiry, key: [UInt8](repeating: 8, count: 32)),
        ] {
            // The ids are not what makes them different.
            #expect(other.text.dropFirst(22) != token.text.dropFirst(22) && !other.matches(token.hash))
        }
        #expect(!BearerToken<Other>(id: .numbered(1), expiresAt: expiry, key: key).matches(token.hash))
        #expect(BearerToken<Exercise>.keyPurpose == "exercise")
    }

    /// Computed with Python's `hmac` and `base64`.
    @Test func `its form is fixed, for who makes it again`() {
        #expect(token.text == "AZzs41HHcACAAAAAAAAAAafn2Gvu5l33SdyiKqyeD3K9GNXiSQzNSDPQfZJu1VWb")
    }

    @Test func `a changed character makes it another token`() throws {
        for place in 0..<64 {
            var characters = Array(token.text)
            characters[place] = characters[place] == "A" ? "B" : "A"
            #expect(try #require(BearerToken<Exercise>(String(characters))).matches(token.hash) == false)
        }
    }

    @Test func `what has not its form is none`() {
        let text = token.text
        for other in ["", "x", String(text.dropLast()), text + "A", text + "=", " " + text, String(repeating: "é", count: 64)] {
            #expect(BearerToken<Exercise>(other) == nil)
        }
    }

    @Test func `it is not printed by accident`() {
        #expect("\(token)" == "(redacted)" && String(reflecting: token) == "(redacted)")
    }
}
