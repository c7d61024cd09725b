/// A scanner that knows as much of SQL's lexical rules (PostgreSQL manual, section 4.1) as finding the ends of statements takes.
///
/// It assumes `standard_conforming_strings = on`, the server's default since 9.1.
struct StatementScanner {
    private let script: String
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var current: Open?

    /// The statement that is being read.
    private struct Open {
        let start: Int
        let line: Int
        var words: [String] = []
        var hasOnlyWords = true
        var parentheses = 0
        var blocks = 0

        var isRoutine: Bool {
            let rest = words.starts(with: ["create", "or", "replace"]) ? words.dropFirst(3) : words.dropFirst(1)
            return words.first == "create" && (rest.first == "function" || rest.first == "procedure")
        }
    }

    init(_ script: String) {
        self.script = script
        bytes = Array(script.utf8)
    }

    mutating func statements() throws(UnterminatedSQL) -> [SQLStatement] {
        var result: [SQLStatement] = []
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"): skipLineComment()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): try skipBlockComment()
            case UInt8(ascii: ";"):
                if current?.parentheses ?? 0 > 0 || current?.blocks ?? 0 > 0 {
                    advance()
                } else {
                    if let statement = close() { result.append(statement) }
                    advance()
                }
            case _ where byte.isSpace: advance()
            case _ where byte.startsIdentifier: try readWord()
            default: try readSymbol(byte)
            }
        }
        if let open = current {
            if open.blocks > 0 { throw UnterminatedSQL(kind: .functionBody, line: open.line) }
            if open.parentheses > 0 { throw UnterminatedSQL(kind: .parenthesis, line: open.line) }
        }
        if let statement = close() { result.append(statement) }
        return result
    }

    private func peek(_ offset: Int = 0) -> UInt8? {
        index + offset < bytes.count ? bytes[index + offset] : nil
    }

    private mutating func advance() {
        if bytes[index] == UInt8(ascii: "\n") { line += 1 }
        index += 1
    }

    private mutating func open() {
        if current == nil { current = Open(start: index, line: line) }
    }

    private mutating func close() -> SQLStatement? {
        guard let open = current else { return nil }
        current = nil
        let utf8 = script.utf8
        let start = utf8.index(utf8.startIndex, offsetBy: open.start)
        var end = index
        while end > open.start, bytes[end - 1].isSpace { end -= 1 }
        return SQLStatement(text: script[start..<utf8.index(start, offsetBy: end - open.start)], line: open.line, words: open.words)
    }

    private mutating func readWord() throws(UnterminatedSQL) {
        open()
        let start = index
        while let byte = peek(), byte.continuesIdentifier { advance() }
        let word = String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
        if word == "e", peek() == UInt8(ascii: "'") {
            try skipQuoted(UInt8(ascii: "'"), backslashEscapes: true, kind: .string)
            current?.hasOnlyWords = false
            return
        }
        if current?.hasOnlyWords == true, current?.words.count ?? 0 < 4 { current?.words.append(word) }
        guard current?.isRoutine == true, current?.parentheses == 0 else { return }
        // As psql does: the words of a body count only once it has begun, and `case … end` nests in it.
        switch word {
        case "begin": current?.blocks += 1
        case "case" where current?.blocks ?? 0 > 0: current?.blocks += 1
        case "end" where current?.blocks ?? 0 > 0: current?.blocks -= 1
        default: break
        }
    }

    private mutating func readSymbol(_ byte: UInt8) throws(UnterminatedSQL) {
        open()
        current?.hasOnlyWords = false
        switch byte {
        case UInt8(ascii: "'"): try skipQuoted(byte, backslashEscapes: false, kind: .string)
        case UInt8(ascii: "\""): try skipQuoted(byte, backslashEscapes: false, kind: .identifier)
        case UInt8(ascii: "$"): try skipDollar()
        case UInt8(ascii: "("):
            current?.parentheses += 1
            advance()
        case UInt8(ascii: ")"):
            if current?.parentheses ?? 0 > 0 { current?.parentheses -= 1 }
            advance()
        case _ where byte.isDigit:
            // A number, or the digits of `$1`: letters and `$` that follow are no identifier and open no quote.
            while let next = peek(), next.continuesIdentifier { advance() }
        default: advance()
        }
    }

    private mutating func skipLineComment() {
        while let byte = peek(), byte != UInt8(ascii: "\n") { advance() }
    }

    /// Block comments nest, unlike C's (manual, section 4.1.5).
    private mutating func skipBlockComment() throws(UnterminatedSQL) {
        let start = line
        var depth = 0
        repeat {
            guard let byte = peek() else { throw UnterminatedSQL(kind: .comment, line: start) }
            if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                depth += 1
                advance()
            } else if byte == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                depth -= 1
                advance()
            }
            advance()
        } while depth > 0
    }

    /// A doubled quote closes and opens again, which comes to the same.
    private mutating func skipQuoted(_ quote: UInt8, backslashEscapes: Bool, kind: UnterminatedSQL.Kind) throws(UnterminatedSQL) {
        let start = line
        advance()
        while let byte = peek() {
            if backslashEscapes, byte == UInt8(ascii: "\\"), peek(1) != nil {
                advance()
                advance()
                continue
            }
            advance()
            if byte == quote {
                guard backslashEscapes, peek() == quote else { return }
                advance()
            }
        }
        throw UnterminatedSQL(kind: kind, line: start)
    }

    /// `$$` and `$tag$`; a tag is an identifier without dollar signs (manual, section 4.1.2.4). A lone `$` or `$1` is skipped as a symbol.
    private mutating func skipDollar() throws(UnterminatedSQL) {
        let start = line
        var end = index + 1
        if end < bytes.count, bytes[end].startsIdentifier {
            while end < bytes.count, bytes[end].continuesIdentifier, bytes[end] != UInt8(ascii: "$") { end += 1 }
        }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else {
            advance()
            return
        }
        let delimiter = bytes[index...end]
        while index <= end { advance() }
        while index + delimiter.count <= bytes.count {
            if bytes[index] == UInt8(ascii: "$"), bytes[index..<index + delimiter.count].elementsEqual(delimiter) {
                index += delimiter.count
                return
            }
            advance()
        }
        throw UnterminatedSQL(kind: .dollarQuote, line: start)
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool {
        self == UInt8(ascii: " ") || (0x09...0x0D).contains(self)
    }

    fileprivate var isDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }

    fileprivate var startsIdentifier: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
            || self == UInt8(ascii: "_") || self >= 0x80
    }

    fileprivate var continuesIdentifier: Bool {
        startsIdentifier || isDigit || self == UInt8(ascii: "$")
    }
}
