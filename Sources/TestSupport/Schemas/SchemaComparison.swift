public import EventSchemas
import Kernel

/// Whether what was released still holds: events that lie in outboxes and logs are readable for ever, and readers of the last release read
/// what is published now.
public struct SchemaComparison: Sendable {
    public let released: [EventSchema]
    public let current: [EventSchema]

    public init(released: [EventSchema], current: [EventSchema]) {
        self.released = released
        self.current = current
    }

    /// What breaks a reader, each with the type and the member: `saas.plan.created.v1: "slug" is removed`.
    public var breaks: [String] {
        released.flatMap { old -> [String] in
            if let new = current.first(where: { $0.type == old.type }) { return Self.breaks(old, new).map { "\(old.type): \($0)" } }
            return isSucceeded(old) ? [] : ["\(old.type): nobody publishes it any more"]
        }.sorted()
    }

    /// A newer version takes the place of an older one.
    private func isSucceeded(_ old: EventSchema) -> Bool {
        guard let type = EventType(old.type) else { return false }
        return current.contains { schema in
            EventType(schema.type).map { $0.name == type.name && $0.version > type.version } ?? false
        }
    }

    private static func breaks(_ old: EventSchema, _ new: EventSchema) -> [String] {
        var breaks: [String] = []
        if let aggregate = old.aggregate, aggregate != new.aggregate {
            breaks.append("its aggregate was \(aggregate) and is \(new.aggregate ?? "none")")
        }
        breaks += old.publishers.filter { !new.publishers.contains($0) }.map { "\($0) publishes it no longer" }
        return breaks + Self.breaks(old.members, new.members, at: "")
    }

    private static func breaks(_ old: [JSONMember], _ new: [JSONMember], at path: String) -> [String] {
        let before = Dictionary(old.map { ($0.name, $0) }) { first, _ in first }
        let added = new.filter { before[$0.name] == nil }
        let kept = old.flatMap { member -> [String] in
            let place = "\"\(path)\(member.name)\""
            guard let now = new.first(where: { $0.name == member.name }) else {
                let heirs = added.filter { $0.shape == member.shape }.map { "\"\(path)\($0.name)\"" }
                return ["\(place) is removed" + (heirs.isEmpty ? "" : ", or renamed to \(heirs.joined(separator: " or "))")]
            }
            var breaks: [String] = []
            if now.isRequired, !member.isRequired { breaks.append("\(place) was optional and is required") }
            if !now.isRequired, member.isRequired { breaks.append("\(place) was always there and is optional") }
            return breaks + Self.breaks(member.shape, now.shape, at: path + member.name)
        }
        return kept + added.filter(\.isRequired).map { "\"\(path)\($0.name)\" is new and required" }
    }

    private static func breaks(_ old: JSONShape, _ new: JSONShape, at path: String) -> [String] {
        switch (old, new) {
        case (.choice(_, let before), .choice(_, let now)):
            // Readers refuse a value that they do not know.
            return before.filter { !now.contains($0) }.map { "\"\(path)\" cannot be \"\($0)\" any more" }
                + now.filter { !before.contains($0) }.map { "\"\(path)\" can be \"\($0)\", which older readers refuse" }
        case (.array(let before), .array(let now)): return breaks(before, now, at: path + "[]")
        case (.object(_, let before), .object(_, let now)): return breaks(before, now, at: path + ".")
        case _ where old == new: return []
        default: return ["\"\(path)\" was \(old.name) and is \(new.name)"]
        }
    }
}
