/// A syntactically sound e-mail address, as typed but trimmed.
///
/// Sound means: one `@` between a local part of at most 64 and a domain of at most 255 bytes (RFC 5321, section 4.5.3.1), a dot inside the
/// domain, no blanks, no control characters, nothing invisible. Letters of any script are welcome (RFC 6531). Whether it exists only mail can tell.
public struct EmailAddress: Sendable, Hashable, CustomStringConvertible {
    public let text: String

    public init(_ raw: String) throws(InvalidEmailAddress) {
        let trimmed = raw.trimmed
        let parts = trimmed.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count), (3...255).contains(parts[1].utf8.count),
            !parts[1].hasPrefix("."), !parts[1].hasSuffix("."), !parts[1].contains(".."), parts[1].dropFirst().contains("."),
            !parts[0].hasPrefix("."), !parts[0].hasSuffix("."),
            trimmed.isPrintableLine(ofLength: 3...320), !trimmed.containsInvisibles,
            trimmed.unicodeScalars.allSatisfy({ !$0.properties.isWhitespace && !"<>()[]\\,;:\"".unicodeScalars.contains($0) })
        else { throw InvalidEmailAddress(text: raw) }
        self.text = trimmed
    }

    /// What stands before the `@`.
    public var localPart: String { String(text.prefix { $0 != "@" }) }

    /// Lower case; a database adds Unicode normalisation. Two addresses that agree in it are one.
    public var folded: String { text.lowercased() }

    public var description: String { text }
}

/// What was typed is no e-mail address.
public struct InvalidEmailAddress: DomainError, Equatable {
    public let text: String

    public init(text: String) {
        self.text = text
    }

    public var failure: Failure { Failure(ErrorCode("EMAIL_INVALID", .usage), "\"\(text)\" is not an e-mail address") }
}
