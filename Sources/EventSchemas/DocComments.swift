import Kernel

/// What the sources say of the types of events and of their members, in words that fit the JSON: `organization_id`, and "absent" for `nil`.
public struct DocComments: Sendable {
    private var types: [String: String] = [:]
    private var members: [Member: String] = [:]

    private struct Member: Hashable {
        let type: String
        /// As in JSON.
        let name: String
    }

    public init() {}

    /// Takes in one source file, as the formatter leaves it.
    public mutating func read(_ source: String) {
        var comment: [Substring] = []
        var type: String?
        for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.drop { $0 == " " }
            if words.hasPrefix("///") {
                comment.append(words.dropFirst(3).drop { $0 == " " })
                continue
            }
            if let name = Self.name(in: words, after: ["public struct ", "public enum "]) {
                type = name
                if !comment.isEmpty { types[name] = Self.meaning(comment) }
            } else if let type, let name = Self.name(in: words, after: ["public let "]), !comment.isEmpty {
                members[Member(type: type, name: JSONCoding.key(name))] = Self.meaning(comment)
            }
            comment = []
        }
    }

    private static func name(in line: Substring, after beginnings: [String]) -> String? {
        beginnings.lazy.filter { line.hasPrefix($0) }.map { line.dropFirst($0.count).prefix { $0.isLetter || $0.isNumber } }.first
            .map(String.init)
    }

    private static func meaning(_ lines: [Substring]) -> String {
        let text = lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
            .replacing("``", with: "`").replacing("`nil`", with: "absent")
            .replacing(#/\b[a-z]+(?:[A-Z][a-z]*)+\b/#) { JSONCoding.key(String($0.output)) }
        return (text.prefix(1).uppercased() + text.dropFirst()).replacing(". absent", with: ". Absent")
    }

    fileprivate func meaning(of type: String) -> String? { types[type] }
    fileprivate func meaning(of member: String, in type: String) -> String? { members[Member(type: type, name: member)] }
}

extension EventSchema {
    /// The same with what the sources say of it.
    public func explained(by comments: DocComments) -> EventSchema {
        EventSchema(
            type: type, name: name, meaning: comments.meaning(of: name), aggregate: aggregate, publishers: publishers,
            members: members.map { $0.explained(by: comments, in: name) })
    }
}

extension JSONMember {
    fileprivate func explained(by comments: DocComments, in type: String) -> JSONMember {
        JSONMember(
            name: name, shape: shape.explained(by: comments), isRequired: isRequired, meaning: comments.meaning(of: name, in: type))
    }
}

extension JSONShape {
    fileprivate func explained(by comments: DocComments) -> JSONShape {
        switch self {
        case .boolean, .integer, .string, .choice: self
        case .array(let element): .array(element.explained(by: comments))
        case .object(let name, let members): .object(name: name, members.map { $0.explained(by: comments, in: name) })
        }
    }
}
