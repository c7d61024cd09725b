import Cryptography
import Kernel

/// The secret that a user's authenticator app shares with the identity service, and what follows from it: passwords that hold for thirty seconds
/// (RFC 6238, with SHA-1 and six digits, which every app knows). Never printed by accident.
struct OneTimePasswordSecret: Sendable, CustomStringConvertible {
    /// As long as what HMAC-SHA1 makes of it (RFC 4226, section 4, R6).
    static let length = 20
    /// Seconds (RFC 6238, section 5.2).
    static let period: Int64 = 30
    static let digits = 6
    /// How many steps a clock may be off in either direction (RFC 6238, section 6).
    static let drift: Int64 = 1

    let bytes: [UInt8]

    static func random() -> OneTimePasswordSecret {
        OneTimePasswordSecret(bytes: SecureRandom.bytes(length))
    }

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    var description: String { "(redacted)" }

    /// What people type who cannot scan.
    var base32: String { Base32.encode(bytes) }

    /// What an authenticator app scans ("Key Uri Format" of Google Authenticator).
    ///
    /// - Parameter account: what the app shows beside the issuer: the user's address.
    func uri(issuer: String, account: String) -> String {
        // A colon ends the issuer; one that has a colon itself stands in its parameter alone.
        let label = issuer.contains(":") ? Self.escaped(account) : "\(Self.escaped(issuer)):\(Self.escaped(account))"
        let form = "algorithm=SHA1&digits=\(Self.digits)&period=\(Self.period)"
        return "otpauth://totp/\(label)?secret=\(base32)&issuer=\(Self.escaped(issuer))&\(form)"
    }

    /// Everything but what RFC 3986, section 2.3, leaves as it is anywhere.
    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isUnreserved = scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789-._~".unicodeScalars.contains(scalar))
            return isUnreserved ? String(scalar) : "%" + [byte].hexadecimal.uppercased()
        }.joined()
    }

    /// How many whole periods have passed at an instant; none before 1970.
    static func step(at now: Timestamp) -> Int64 {
        max(0, now.microseconds / 1_000_000 / period)
    }

    /// The password of one step (RFC 4226, section 5.3).
    func code(at step: Int64, digits: Int = digits) -> String {
        let code = HMAC.sha1(withUnsafeBytes(of: step.bigEndian) { Array($0) }, key: bytes)
        let offset = Int(code[code.count - 1] & 15)
        let number = code[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let modulus = (0..<digits).reduce(UInt32(1)) { power, _ in power * 10 }
        let text = String(number % modulus)
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// - Returns: the newest step near the instant of which this is the password; `nil` where it is none's. Takes as long whichever it is.
    func step(of code: String, at now: Timestamp) -> Int64? {
        let current = Self.step(at: now)
        var found: Int64?
        for step in max(0, current - Self.drift)...current + Self.drift
        where ConstantTime.areEqual(Array(self.code(at: step).utf8), Array(code.utf8)) {
            found = step
        }
        return found
    }
}
