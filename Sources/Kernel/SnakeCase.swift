/// How the names of Swift's properties are written in JSON: `organizationId` as `organization_id`, `baseURL` as `base_url`.
enum SnakeCase {
    static func text(_ name: String) -> String {
        guard name.utf8.contains(where: isUpperCase) else { return name }
        var name = name
        return name.withUTF8 { bytes in
            // At most one underscore for each letter.
            String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
                var place = 0
                for (index, byte) in bytes.enumerated() {
                    if beginsWord(bytes, index) {
                        text[place] = UInt8(ascii: "_")
                        place += 1
                    }
                    text[place] = isUpperCase(byte) ? byte | 0x20 : byte
                    place += 1
                }
                return place
            }
        }
    }

    /// The name that ``text(_:)`` makes this of, as far as can be told: `base_url` is taken for `baseUrl`.
    static func name(_ text: String) -> String {
        var result: [UInt8] = []
        var isFirst = false
        for byte in text.utf8 {
            if byte == UInt8(ascii: "_"), !result.isEmpty {
                isFirst = true
            } else {
                result.append(isFirst && isLowerCase(byte) ? byte & ~0x20 : byte)
                isFirst = false
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether `text` is what ``text(_:)`` makes of `name`, without making it.
    static func isText(_ text: UnsafeBufferPointer<UInt8>, of name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count >= name.count else { return false }
        var place = 0
        for (index, byte) in name.enumerated() {
            guard isUpperCase(byte) else {
                guard place < text.count, text[place] == byte else { return false }
                place += 1
                continue
            }
            if beginsWord(name, index) {
                guard place < text.count, text[place] == UInt8(ascii: "_") else { return false }
                place += 1
            }
            guard place < text.count, text[place] == byte | 0x20 else { return false }
            place += 1
        }
        return place == text.count
    }

    /// Whether an underscore comes before this byte.
    private static func beginsWord(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        guard index > 0, isUpperCase(bytes[index]) else { return false }
        let before = bytes[index - 1]
        if isUpperCase(before) { return index + 1 < bytes.count && isLowerCase(bytes[index + 1]) }
        return before != UInt8(ascii: "_")
    }

    private static func isUpperCase(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func isLowerCase(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}
