public import FoundationEssentials

extension UUID {
    /// The lower-case form that saasctl prints and PostgreSQL returns.
    public var text: String {
        String(unsafeUninitializedCapacity: 36) { text in
            withUnsafeBytes(of: uuid) { bytes in
                var place = 0
                for (index, byte) in bytes.enumerated() {
                    if index == 4 || index == 6 || index == 8 || index == 10 {
                        text[place] = UInt8(ascii: "-")
                        place += 1
                    }
                    text[place] = Hexadecimal.digit(byte >> 4)
                    text[place + 1] = Hexadecimal.digit(byte & 15)
                    place += 2
                }
                return place
            }
        }
    }

    /// - Parameter text: 32 hexadecimal digits of either case with hyphens where RFC 9562 has them, and nothing else.
    init?(text: String) {
        var text = text
        guard let id = text.withUTF8({ UUID(utf8: $0) }) else { return nil }
        self = id
    }

    /// As ``init(text:)``, of a text's bytes.
    init?(utf8 text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 36, [8, 13, 18, 23].allSatisfy({ text[$0] == UInt8(ascii: "-") }) else { return nil }
        func word(_ places: Range<Int>, _ word: inout UInt64) -> Bool {
            for place in places {
                guard let digit = Hexadecimal.value(of: text[place]) else { return false }
                word = word << 4 | UInt64(digit)
            }
            return true
        }
        var (high, low): (UInt64, UInt64) = (0, 0)
        guard word(0..<8, &high), word(9..<13, &high), word(14..<18, &high), word(19..<23, &low), word(24..<36, &low) else { return nil }
        self.init(high: high, low: low)
    }
}
