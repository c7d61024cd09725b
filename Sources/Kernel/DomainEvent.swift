/// The name and version of a kind of event: `saas.organization.created.v1`.
public struct EventType: Sendable, Hashable, CustomStringConvertible {
    /// Without the version: `saas.organization.created`.
    public let name: String
    public let version: Int

    public init(_ name: String, version: Int) {
        self.name = name
        self.version = version
    }

    public var description: String { "\(name).v\(version)" }

    /// Reads `name.vN`; `nil` where no version ends the text in the one way that ``description`` writes it. A version too large to count is
    /// newer than all others, and read as `Int.max`.
    public init?(_ text: String) {
        guard let dot = text.lastIndex(of: "."), dot > text.startIndex, text[text.index(after: dot)...].first == "v" else { return nil }
        let digits = text[text.index(dot, offsetBy: 2)...]
        let (zero, nine) = (UInt8(ascii: "0"), UInt8(ascii: "9"))
        guard let first = digits.utf8.first, first != zero, digits.utf8.allSatisfy({ (zero...nine).contains($0) }) else { return nil }
        self.init(String(text[..<dot]), version: Int(digits) ?? .max)
    }
}

/// What a service tells the others about a change of its data.
///
/// Conforming types carry ids, numbers, enums and names of changed fields, and neither personal data nor free text: events are kept for
/// ever. Fields are only added; a field that an earlier version lacked is optional. An integer that may pass 2^53 is a `String`.
public protocol DomainEvent: Codable, Sendable, Equatable {
    static var eventType: EventType { get }
    /// What the event's subject is: `organization`, `user`, `subscription`.
    static var aggregateType: String { get }
}
