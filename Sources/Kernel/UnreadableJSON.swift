/// A text that is not JSON, or that does not fit the type it is read as.
public struct UnreadableJSON: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where in the text: `price.amount`, `entitlements[2].key`. Empty for the whole.
    public let path: String
    public let reason: String

    public var description: String { path.isEmpty ? reason : "\"\(path)\": \(reason)" }

    init(_ reason: String, at path: String = "") {
        self.path = path
        self.reason = reason
    }

    /// What containers and the types themselves throw.
    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init("\"\(key.stringValue)\" is missing", at: Self.text(of: context.codingPath))
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            self.init(context.debugDescription, at: Self.text(of: context.codingPath))
        @unknown default:
            self.init(String(describing: error))
        }
    }

    private static func text(of path: [any CodingKey]) -> String {
        path.reduce(into: "") { text, key in
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }
}
