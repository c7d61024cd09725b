/// One token of a JSON text with what is in it.
struct JSONNode {
    enum Kind: UInt8 {
        case null, `false`, `true`, number, string, array, object
    }

    let kind: Kind
    /// Of a string: some of its bytes are not what they stand for.
    var isEscaped = false
    /// Its bytes, of a string those between the quotes.
    var start: Int
    var end: Int
    /// The node behind it and all that is in it.
    var next: Int
    /// Of an array or an object.
    var count = 0
}

/// Cuts a text into nodes after the grammar of RFC 8259, and looks at each byte once. The members of an object are a string, the name, and the
/// value behind it; values come in their order, each followed by what is in it.
///
/// Strings are unescaped by whoever reads them. Until then an escape has to be well formed and no more; half of a surrogate pair is.
struct JSONScanner {
    /// Arrays and objects in one another. Each is a level of recursion, of which a thread has room for some thousands.
    static let depthLimit = 512

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
    private var nodes: [JSONNode] = []

    static func nodes(of bytes: UnsafeBufferPointer<UInt8>) throws(UnreadableJSON) -> [JSONNode] {
        var scanner = JSONScanner(bytes: bytes)
        try scanner.value(depth: 0)
        scanner.skipSpace()
        guard scanner.index == bytes.count else { throw scanner.refused("something behind the value") }
        return scanner.nodes
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        nodes.reserveCapacity(8 + bytes.count / 16)
    }

    private func missing(_ what: String) -> UnreadableJSON {
        UnreadableJSON(index < bytes.count ? "not JSON: \(what) expected at byte \(index)" : "not JSON: it ends before \(what)")
    }

    private func refused(_ what: String) -> UnreadableJSON {
        UnreadableJSON("not JSON: \(what) at byte \(index)")
    }

    private mutating func value(depth: Int) throws(UnreadableJSON) {
        skipSpace()
        guard index < bytes.count else { throw missing("a value") }
        switch bytes[index] {
        case UInt8(ascii: "\""): try string(isName: false)
        case UInt8(ascii: "{"): try object(depth: depth + 1)
        case UInt8(ascii: "["): try array(depth: depth + 1)
        case UInt8(ascii: "t"): try word("true", .true)
        case UInt8(ascii: "f"): try word("false", .false)
        case UInt8(ascii: "n"): try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        default: throw missing("a value")
        }
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    /// - Returns: whether it was there.
    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func object(depth: Int) throws(UnreadableJSON) {
        let place = try begin(.object, depth: depth)
        skipSpace()
        if !skip("}") {
            repeat {
                skipSpace()
                guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw missing("the name of a member") }
                try string(isName: true)
                skipSpace()
                guard skip(":") else { throw missing("a colon") }
                try value(depth: depth)
                nodes[place].count += 1
                skipSpace()
            } while skip(",")
            guard skip("}") else { throw missing("a comma or a closing brace") }
        }
        end(place)
    }

    private mutating func array(depth: Int) throws(UnreadableJSON) {
        let place = try begin(.array, depth: depth)
        skipSpace()
        if !skip("]") {
            repeat {
                try value(depth: depth)
                nodes[place].count += 1
                skipSpace()
            } while skip(",")
            guard skip("]") else { throw missing("a comma or a closing bracket") }
        }
        end(place)
    }

    private mutating func begin(_ kind: JSONNode.Kind, depth: Int) throws(UnreadableJSON) -> Int {
        guard depth <= Self.depthLimit else { throw UnreadableJSON("more than \(Self.depthLimit) levels deep at byte \(index)") }
        nodes.append(JSONNode(kind: kind, start: index, end: index, next: 0))
        index += 1
        return nodes.count - 1
    }

    private mutating func end(_ place: Int) {
        nodes[place].end = index
        nodes[place].next = nodes.count
    }

    private mutating func add(_ kind: JSONNode.Kind, from start: Int, to end: Int, isEscaped: Bool = false) {
        nodes.append(JSONNode(kind: kind, isEscaped: isEscaped, start: start, end: end, next: nodes.count + 1))
    }

    private mutating func word(_ word: StaticString, _ kind: JSONNode.Kind) throws(UnreadableJSON) {
        let start = index
        for offset in 0..<word.utf8CodeUnitCount {
            guard index < bytes.count, bytes[index] == word.utf8Start[offset] else { throw missing("\"\(word)\"") }
            index += 1
        }
        add(kind, from: start, to: index)
    }

    private mutating func number() throws(UnreadableJSON) {
        let start = index
        _ = skip("-")
        if !skip("0") { try digits() }
        if skip(".") { try digits() }
        if skip("e") || skip("E") {
            if !skip("+") { _ = skip("-") }
            try digits()
        }
        add(.number, from: start, to: index)
    }

    private mutating func digits() throws(UnreadableJSON) {
        let start = index
        while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) { index += 1 }
        guard index > start else { throw missing("a digit") }
    }

    private mutating func string(isName: Bool) throws(UnreadableJSON) {
        index += 1
        let start = index
        var isEscaped = false
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                add(.string, from: start, to: index, isEscaped: isEscaped)
                // Members are found by names, so none may be unreadable.
                if isName, isEscaped, JSONString.unescaped(UnsafeBufferPointer(rebasing: bytes[start..<index])) == nil {
                    throw UnreadableJSON("a name at byte \(start) has half of a surrogate pair")
                }
                index += 1
                return
            case UInt8(ascii: "\\"):
                isEscaped = true
                try escape()
            case 0..<0x20: throw refused("a control character in a string")
            default: index += 1
            }
        }
        throw missing("the end of a string")
    }

    private mutating func escape() throws(UnreadableJSON) {
        index += 1
        guard index < bytes.count else { throw missing("the end of an escape") }
        switch bytes[index] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            index += 1
        case UInt8(ascii: "u"):
            index += 1
            for _ in 0..<4 {
                guard index < bytes.count, Hexadecimal.value(of: bytes[index]) != nil else { throw missing("a hexadecimal digit") }
                index += 1
            }
        default: throw refused("an escape that there is not")
        }
    }
}

/// What stands between the quotes of a JSON string that has been scanned.
enum JSONString {
    /// - Returns: `nil` where half of a surrogate pair stands alone.
    static func unescaped(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\") else {
                result.append(bytes[index])
                index += 1
                continue
            }
            let character = bytes[index + 1]
            index += 2
            switch character {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                guard let scalar = scalar(bytes, &index) else { return nil }
                result += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            default: result.append(character)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Reads on behind `\u`.
    private static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Unicode.Scalar? {
        let unit = codeUnit(bytes, at: index)
        index += 4
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard UTF16.isLeadSurrogate(unit), index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { return nil }
        let second = codeUnit(bytes, at: index + 2)
        guard UTF16.isTrailSurrogate(second) else { return nil }
        index += 6
        return UTF16.decode(UTF16.EncodedScalar([unit, second]))
    }

    private static func codeUnit(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt16 {
        (index..<index + 4).reduce(0) { $0 << 4 | UInt16(Hexadecimal.value(of: bytes[$1]) ?? 0) }
    }
}
