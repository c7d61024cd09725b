/// A `numeric` as decimal text: exact, of any size, and `NaN`, `Infinity` and `-Infinity`, which the column type has too.
public struct Numeric: Sendable, Hashable, CustomStringConvertible {
    /// As the server would print it.
    public let text: String

    /// - Returns: `nil` unless the text is digits with an optional sign and decimal point, or `NaN`, `Infinity`, `-Infinity`.
    public init?(_ text: String) {
        if ["NaN", "Infinity", "-Infinity"].contains(text) {
            self.text = text
            return
        }
        var digits = 0
        var points = 0
        for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: "."): points += 1
            case UInt8(ascii: "-"), UInt8(ascii: "+"): if index > 0 { return nil }
            default: return nil
            }
        }
        guard digits > 0, points <= 1 else { return nil }
        self.text = text
    }

    fileprivate init(trusted text: String) {
        self.text = text
    }

    public var description: String { text }
}

/// The binary format (`numeric_send` in PostgreSQL's `numeric.c`): number of digits, weight of the first, sign, display scale, then the
/// digits to the base 10,000.
extension Numeric: PostgresBinaryEncodable, PostgresDecodable {
    public var postgresBind: Bind { Bind(text: text) }
    public static var postgresType: PostgresType { PostgresType(oid: OID.numeric, arrayOID: OID.numericArray) }

    private static let negative: UInt16 = 0x4000
    private static let notANumber: UInt16 = 0xC000
    private static let infinity: UInt16 = 0xD000
    private static let negativeInfinity: UInt16 = 0xF000

    public func encodeBinary(into buffer: inout BinaryBuffer) -> Bool {
        switch text {
        case "NaN": Self.encodeHead(count: 0, weight: 0, sign: Self.notANumber, scale: 0, into: &buffer)
        case "Infinity": Self.encodeHead(count: 0, weight: 0, sign: Self.infinity, scale: 0, into: &buffer)
        case "-Infinity": Self.encodeHead(count: 0, weight: 0, sign: Self.negativeInfinity, scale: 0, into: &buffer)
        default: encodeDigits(into: &buffer)
        }
        return true
    }

    private static func encodeHead(count: Int, weight: Int, sign: UInt16, scale: Int, into buffer: inout BinaryBuffer) {
        buffer.append(Int16(truncatingIfNeeded: count))
        buffer.append(Int16(truncatingIfNeeded: weight))
        buffer.append(sign)
        buffer.append(UInt16(truncatingIfNeeded: scale))
    }

    private func encodeDigits(into buffer: inout BinaryBuffer) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let whole = parts[0].drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }.drop { $0 == UInt8(ascii: "0") }
        let fraction = parts.count > 1 ? Array(parts[1]) : []
        var decimals = [UInt8](repeating: UInt8(ascii: "0"), count: (4 - whole.count % 4) % 4) + whole
        var weight = decimals.count / 4 - 1
        decimals += fraction + [UInt8](repeating: UInt8(ascii: "0"), count: (4 - fraction.count % 4) % 4)
        var groups = stride(from: 0, to: decimals.count, by: 4).map { start in
            decimals[start..<start + 4].reduce(Int16(0)) { $0 * 10 + Int16($1 - UInt8(ascii: "0")) }
        }
        // The server normalizes what it receives, but its format has neither leading nor trailing zero groups.
        let leading = groups.prefix { $0 == 0 }.count
        groups.removeFirst(leading)
        weight -= leading
        while groups.last == 0 { groups.removeLast() }
        let sign = text.hasPrefix("-") && !groups.isEmpty ? Self.negative : 0
        Self.encodeHead(count: groups.count, weight: groups.isEmpty ? 0 : weight, sign: sign, scale: fraction.count, into: &buffer)
        for group in groups { buffer.append(group) }
    }

    public init(postgres cell: Cell) throws {
        try cell.require(Numeric.self, oid: OID.numeric)
        self = try cell.withBytes { bytes in
            guard bytes.count >= 8, bytes.count == 8 + 2 * Int(bytes.bigEndian(UInt16.self, at: 0)) else {
                throw cell.failure("is no numeric")
            }
            switch bytes.bigEndian(UInt16.self, at: 4) {
            case Self.notANumber: return Numeric(trusted: "NaN")
            case Self.infinity: return Numeric(trusted: "Infinity")
            case Self.negativeInfinity: return Numeric(trusted: "-Infinity")
            case let sign: return Numeric(trusted: Self.decimalText(bytes, isNegative: sign == Self.negative))
            }
        }
    }

    private static func decimalText(_ bytes: UnsafeRawBufferPointer, isNegative: Bool) -> String {
        let count = (bytes.count - 8) / 2
        let weight = Int(bytes.bigEndian(Int16.self, at: 2))
        let scale = Int(bytes.bigEndian(UInt16.self, at: 6))
        func group(_ index: Int) -> [UInt8] {
            let value = index >= 0 && index < count ? bytes.bigEndian(UInt16.self, at: 8 + 2 * index) : 0
            return [value / 1_000, value / 100 % 10, value / 10 % 10, value % 10].map { UInt8(ascii: "0") + UInt8($0) }
        }
        var whole: [UInt8] = []
        if weight >= 0 {
            for index in 0...weight { whole += group(index) }
        }
        whole = Array(whole.drop { $0 == UInt8(ascii: "0") })
        if whole.isEmpty { whole = [UInt8(ascii: "0")] }
        var text = isNegative ? "-" : ""
        text += String(decoding: whole, as: UTF8.self)
        if scale > 0 {
            var fraction: [UInt8] = []
            var index = weight + 1
            while fraction.count < scale {
                fraction += group(index)
                index += 1
            }
            text += "." + String(decoding: fraction.prefix(scale), as: UTF8.self)
        }
        return text
    }
}
