import Cryptography
public import Kernel

/// What a user's phone does with the secret that it was given (RFC 6238, RFC 4648): by another way than the service, which keeps bytes.
public struct AuthenticatorApp: Sendable {
    private let secret: [UInt8]

    /// - Parameter letters: of base32, without padding.
    public init(_ letters: String) {
        var bits = ""
        for letter in letters {
            let number = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").firstIndex(of: letter) ?? 0
            bits += String(repeating: "0", count: 5 - String(number, radix: 2).count) + String(number, radix: 2)
        }
        var bytes: [UInt8] = []
        while bits.count >= 8 {
            bytes.append(UInt8(bits.prefix(8), radix: 2) ?? 0)
            bits.removeFirst(8)
        }
        secret = bytes
    }

    /// What it shows at an instant.
    public func code(at now: Timestamp) -> String {
        let step = UInt64(now.microseconds / 30_000_000)
        let digest = HMAC.sha1((0..<8).reversed().map { UInt8(truncatingIfNeeded: step >> ($0 * 8)) }, key: secret)
        let offset = Int(digest[19] % 16)
        let number = (0..<4).reduce(0) { $0 * 256 + Int(digest[offset + $1]) } % 0x8000_0000 % 1_000_000
        return String(String(1_000_000 + number).dropFirst())
    }
}
