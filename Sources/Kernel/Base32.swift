/// Bytes in letters that people can copy (RFC 4648, section 6).
public enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    /// Without padding.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var bits: UInt = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt(byte)
            count += 8
            while count >= 5 {
                count -= 5
                text.append(alphabet[Int(bits >> UInt(count) & 31)])
            }
        }
        if count > 0 { text.append(alphabet[Int(bits << UInt(5 - count) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
