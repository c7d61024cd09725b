public import FoundationEssentials

/// Who makes a change, as every event and every recorded operation names them.
public enum Actor: Sendable, Hashable, CustomStringConvertible {
    /// A person at a terminal or a script, by the name of the account it runs under.
    case operatorAccount(String)
    /// A user of the product, whom the operator acts for.
    case user(UUID)
    /// A consumer that reacts to an event.
    case service(String)

    /// - Returns: `nil` for text that is not in the form of ``description``.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty else { return nil }
        switch parts[0] {
        case "operator": self = .operatorAccount(parts[1])
        case "user":
            guard let id = UUID(uuidString: parts[1]) else { return nil }
            self = .user(id)
        case "service": self = .service(parts[1])
        default: return nil
        }
    }

    /// `operator:ada`, `user:<id>` or `service:billing`: the form in which it is stored.
    public var description: String {
        switch self {
        case .operatorAccount(let name): "operator:\(name)"
        case .user(let id): "user:\(id.text)"
        case .service(let name): "service:\(name)"
        }
    }
}
