/// Hexadecimal digits as bytes of UTF-8.
enum Hexadecimal {
    /// - Returns: 0 to 15; `nil` for what is no digit, of either case.
    @inline(__always)
    static func value(of byte: UInt8) -> UInt8? {
        let digit = byte &- UInt8(ascii: "0")
        if digit < 10 { return digit }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? letter + 10 : nil
    }

    /// - Parameter value: 0 to 15.
    /// - Returns: a digit in lower case.
    @inline(__always)
    static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }
}
