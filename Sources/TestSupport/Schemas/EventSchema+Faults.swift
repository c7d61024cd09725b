public import EventSchemas
public import Kernel

extension EventSchema {
    /// Where a value is not what the schema says, or has members that the schema does not know: `entitlements[2].kind: "free" is none of boolean,
    /// static, metered`.
    public func faults(of value: JSONValue) -> [String] {
        JSONShape.object(name: name, members).faults(of: value, at: "")
    }
}

extension JSONShape {
    fileprivate func faults(of value: JSONValue, at path: String) -> [String] {
        func fault(_ wanted: String) -> [String] { ["\(path.isEmpty ? "all of it" : path): \(value.compact) is \(wanted)"] }
        switch (self, value) {
        case (.boolean, .bool), (.integer, .integer), (.string(nil), .string): return []
        case (.string(.uuid?), .string(let text)):
            return text.wholeMatch(of: #/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/#) == nil ? fault("no id") : []
        case (.string(.time?), .string(let text)):
            return Timestamp(text)?.description == text ? [] : fault("no time")
        case (.choice(_, let values), .string(let text)):
            return values.contains(text) ? [] : fault("none of \(values.joined(separator: ", "))")
        case (.array(let element), .array(let values)):
            return values.enumerated().flatMap { element.faults(of: $1, at: "\(path)[\($0)]") }
        case (.object(_, let members), .object(let values)):
            let unknown = Set(values.keys).subtracting(members.map(\.name)).sorted().map {
                "\(path)\(path.isEmpty ? "" : ".")\($0): unknown"
            }
            return unknown
                + members.flatMap { member in
                    let place = path.isEmpty ? member.name : "\(path).\(member.name)"
                    guard let value = values[member.name] else { return member.isRequired ? ["\(place): missing"] : [] }
                    return member.shape.faults(of: value, at: place)
                }
        default: return fault("no \(name)")
        }
    }

    /// For people: `a list`, without the article.
    var name: String {
        switch self {
        case .boolean: "boolean"
        case .integer: "integer"
        case .string(nil): "string"
        case .string(.uuid?): "id"
        case .string(.time?): "time"
        case .choice(let name, _): "one of \(name)"
        case .array(let element): "list of \(element.name)"
        case .object(let name, _): name
        }
    }
}
