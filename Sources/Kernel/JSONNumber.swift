/// The value of a number after the grammar of RFC 8259.
enum JSONNumber {
    /// - Returns: `nil` where it is not whole, as `1.5` is and `1.50e1` is not, or out of the type's range.
    static func integer<Value: FixedWidthInteger>(_ number: UnsafeBufferPointer<UInt8>, as type: Value.Type) -> Value? {
        let isNegative = number.first == UInt8(ascii: "-")
        var magnitude: UInt64 = 0
        for byte in number.dropFirst(isNegative ? 1 : 0) {
            let digit = byte &- UInt8(ascii: "0")
            // What is too large for an integer so far may still have an exponent that takes digits away.
            guard digit < 10, let next = appending(digit, to: magnitude) else {
                return decimal(number, isNegative: isNegative).flatMap { signed($0, isNegative: isNegative) }
            }
            magnitude = next
        }
        return signed(magnitude, isNegative: isNegative)
    }

    private static func appending(_ digit: UInt8, to magnitude: UInt64) -> UInt64? {
        let (product, isTooLarge) = magnitude.multipliedReportingOverflow(by: 10)
        let (sum, isTooLargeNow) = product.addingReportingOverflow(UInt64(digit))
        return isTooLarge || isTooLargeNow ? nil : sum
    }

    private static func signed<Value: FixedWidthInteger>(_ magnitude: UInt64, isNegative: Bool) -> Value? {
        guard isNegative else { return Value(exactly: magnitude) }
        return magnitude == Int64.min.magnitude ? Value(exactly: Int64.min) : Int64(exactly: magnitude).flatMap { Value(exactly: -$0) }
    }

    /// In decimal throughout, so that no digit is lost.
    private static func decimal(_ number: UnsafeBufferPointer<UInt8>, isNegative: Bool) -> UInt64? {
        var digits: [UInt8] = []
        var scale = 0
        var rest = number.dropFirst(isNegative ? 1 : 0)
        var isFraction = false
        while let byte = rest.first, byte | 0x20 != UInt8(ascii: "e") {
            if byte == UInt8(ascii: ".") {
                isFraction = true
            } else {
                digits.append(byte - UInt8(ascii: "0"))
                if isFraction { scale -= 1 }
            }
            rest = rest.dropFirst()
        }
        scale += exponent(rest.dropFirst())
        while digits.last == 0 {
            digits.removeLast()
            scale += 1
        }
        guard let first = digits.firstIndex(where: { $0 != 0 }) else { return 0 }
        // The largest of 64 bits has 20 digits.
        guard scale >= 0, digits.count - first + scale <= 20 else { return nil }
        return (digits[first...] + Array(repeating: 0, count: scale)).reduce(UInt64?(0)) { magnitude, digit in
            magnitude.flatMap { appending(digit, to: $0) }
        }
    }

    /// As large as makes a difference.
    private static func exponent(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        let isNegative = digits.first == UInt8(ascii: "-")
        let value = digits.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }.reduce(0) { value, byte in
            min(value * 10 + Int(byte - UInt8(ascii: "0")), 1 << 40)
        }
        return isNegative ? -value : value
    }
}
