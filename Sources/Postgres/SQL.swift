/// A statement with its parameters.
///
/// Interpolation binds: `"select name from plan where id = \(id)"` sends `$1` and the value apart from it. What cannot be a parameter has
/// a label that says so: `\(identifier: name)` quotes a name, `\(fragment: sql)` splices another statement with its parameters,
/// `\(unsafeRaw: text)` splices text unchanged.
public struct SQL: Sendable, Hashable {
    /// As it goes to the server, with `$1`, `$2`, … where values were.
    public let text: String
    public let binds: [Bind]
    /// Where each placeholder begins in the UTF-8 of ``text``, in order; what renumbering needs.
    let placeholders: [Int]

    init(text: String, binds: [Bind], placeholders: [Int]) {
        self.text = text
        self.binds = binds
        self.placeholders = placeholders
    }

    /// A statement without parameters, from text that is not a literal. Nothing is quoted: never pass what a user typed.
    public init(unsafeRaw text: String) {
        self.init(text: text, binds: [], placeholders: [])
    }

    /// The statements one behind the other with `separator` between them.
    public static func joined(_ parts: some Sequence<SQL>, separator: String = ", ") -> SQL {
        var builder = StringInterpolation(literalCapacity: 0, interpolationCount: 0)
        for (index, part) in parts.enumerated() {
            if index > 0 { builder.appendLiteral(separator) }
            builder.appendInterpolation(fragment: part)
        }
        return SQL(stringInterpolation: builder)
    }

    /// The same with its parameters written into it as literals, for COPY, which takes none.
    ///
    /// - Precondition: no parameter is an array, because those have no text form here.
    public var withLiterals: SQL {
        var literal = ""
        walk {
            literal += $0
        } bind: { bind in
            precondition(!bind.isBinary, "a parameter without a text form")
            literal += bind.bytes.map { quotedLiteral(String(decoding: $0, as: UTF8.self)) } ?? "NULL"
        }
        return SQL(unsafeRaw: literal)
    }

    /// Goes through the text between the placeholders, and the parameter at each of them.
    fileprivate func walk(text piece: (String) -> Void, bind: (Bind) -> Void) {
        var rest = text.utf8[...]
        var consumed = 0
        for (start, value) in zip(placeholders, binds) {
            piece(String(Substring(rest.prefix(start - consumed))))
            rest = rest.dropFirst(start - consumed).dropFirst().drop { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
            consumed = text.utf8.count - rest.count
            bind(value)
        }
        piece(String(Substring(rest)))
    }

    public static func + (left: SQL, right: SQL) -> SQL {
        joined([left, right], separator: "")
    }
}

extension SQL: ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) {
        self.init(text: value, binds: [], placeholders: [])
    }

    public init(stringInterpolation builder: StringInterpolation) {
        self.init(text: builder.text, binds: builder.binds, placeholders: builder.placeholders)
    }

    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""
        fileprivate var binds: [Bind] = []
        fileprivate var placeholders: [Int] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 3 * interpolationCount)
            binds.reserveCapacity(interpolationCount)
            placeholders.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        /// Becomes a parameter.
        public mutating func appendInterpolation(_ value: some PostgresEncodable) {
            append(value.postgresBind)
        }

        /// Becomes a parameter, NULL for `nil`.
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            append(value.postgresBind)
        }

        /// Becomes a quoted identifier, so that any name is one name and nothing else.
        public mutating func appendInterpolation(identifier: String) {
            text += quotedIdentifier(identifier)
        }

        /// Splices another statement; its parameters are renumbered.
        public mutating func appendInterpolation(fragment: SQL) {
            fragment.walk {
                text += $0
            } bind: {
                append($0)
            }
        }

        /// Splices text as it is. Only for text that the program itself made; a value pasted here is an injection.
        public mutating func appendInterpolation(unsafeRaw: String) {
            text += unsafeRaw
        }

        private mutating func append(_ bind: Bind) {
            binds.append(bind)
            placeholders.append(text.utf8.count)
            text += "$\(binds.count)"
        }
    }
}

/// The text as a string constant (PostgreSQL manual, 4.1.2.1 and 4.1.2.2): quotes and backslashes doubled, in the form with escapes where there
/// are any, so that the setting `standard_conforming_strings` makes no difference.
func quotedLiteral(_ text: String) -> String {
    var quoted = "'"
    var hasEscape = false
    for character in text.unicodeScalars {
        if character == "'" || character == "\\" { quoted.unicodeScalars.append(character) }
        hasEscape = hasEscape || character == "\\"
        quoted.unicodeScalars.append(character)
    }
    // The blank keeps a word in front of it from taking the letter for its end.
    return (hasEscape ? " E" : "") + quoted + "'"
}

/// The name in double quotes, quotes inside it doubled (PostgreSQL manual, 4.1.1).
func quotedIdentifier(_ name: String) -> String {
    var quoted = "\""
    for character in name.unicodeScalars {
        if character == "\"" { quoted += "\"\"" } else { quoted.unicodeScalars.append(character) }
    }
    return quoted + "\""
}
