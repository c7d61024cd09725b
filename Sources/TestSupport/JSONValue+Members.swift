public import Kernel

extension JSONValue {
    /// A member of a member: `value["plan", "slug"]`.
    ///
    /// - Returns: `nil` where there is no such member.
    public subscript(path: String...) -> JSONValue? {
        path.reduce(Optional(self)) { value, key in
            guard case .object(let members) = value else { return nil }
            return members[key]
        }
    }

    /// The names of an object's members, sorted; none for anything else.
    public var keys: [String] {
        guard case .object(let members) = self else { return [] }
        return members.keys.sorted()
    }

    /// The elements of an array; none for anything else.
    public var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    public var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    public var integer: Int64? {
        guard case .integer(let number) = self else { return nil }
        return number
    }
}
