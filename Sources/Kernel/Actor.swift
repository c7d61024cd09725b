public import FoundationEssentials

/// Who makes a change, as every event and every recorded operation names them.
public enum Actor: Sendable, Hashable, CustomStringConvertible {
    /// A person at a terminal or a script, by the name of the account it runs under.
    case operatorAccount(String)
    /// A user of the product, whom the operator acts for.
    case user(UUID)
    /// A consumer that reacts to an event.
    case service(String)

    /// `operator:ada`, `user:<id>` or `service:billing`: the form in which it is stored.
    public var description: String {
        switch self {
        case .operatorAccount(let name): "operator:\(name)"
        case .user(let id): "user:\(id.text)"
        case .service(let name): "service:\(name)"
        }
    }
}
