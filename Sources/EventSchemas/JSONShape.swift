/// What JSON values of a kind look like, as far as events need it: a small part of JSON Schema 2020-12.
public indirect enum JSONShape: Sendable, Hashable {
    case boolean
    case integer
    case string(Format?)
    /// A string that is one of these.
    case choice(name: String, [String])
    case array(JSONShape)
    case object(name: String, [JSONMember])

    /// What a string says besides being one. The raw values are JSON Schema's.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// Lower case, with hyphens.
        case uuid
        /// RFC 3339, in UTC with a `Z`.
        case time = "date-time"
    }
}

/// A member of an object.
public struct JSONMember: Sendable, Hashable {
    public let name: String
    public let shape: JSONShape
    /// One that is not required is missing where it says nothing; it is never null.
    public let isRequired: Bool
    /// What it means, for people.
    public let meaning: String?

    public init(name: String, shape: JSONShape, isRequired: Bool, meaning: String? = nil) {
        self.name = name
        self.shape = shape
        self.isRequired = isRequired
        self.meaning = meaning
    }
}
