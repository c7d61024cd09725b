public import FoundationEssentials
public import Kernel

/// A body of work inside an organization.
public struct Project: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case active, archived
    }

    public let id: UUID
    public let organizationId: UUID
    /// The short name in front of task numbers: `WEB` in `WEB-17`.
    public let key: String
    public let name: String
    public let status: Status
    public let version: Int64
    public let createdAt: Timestamp
    /// Its organization is deleted: nothing in it can be changed.
    public let isFrozen: Bool
}

/// 2 to 10 upper-case letters and digits, a letter first.
public struct ProjectKey: Sendable, Hashable {
    public let text: String

    public init(_ text: String) throws(WorkflowError) {
        let bytes = Array(text.utf8)
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard (2...10).contains(bytes.count), let first = bytes.first, letters.contains(first),
            bytes.allSatisfy({ letters.contains($0) || digits.contains($0) })
        else { throw .invalidProjectKey(text) }
        self.text = text
    }

    /// As people type the key of a project that there is: lower-case letters do too.
    init?(typed text: some StringProtocol) {
        guard text.utf8.allSatisfy({ $0 < 0x80 }), let key = try? ProjectKey(text.uppercased()) else { return nil }
        self = key
    }
}

/// What people and scripts type for a project: its key, or its id.
public enum ProjectReference: Sendable, Hashable {
    case id(UUID)
    case key(ProjectKey)

    public init(_ text: String) throws(WorkflowError) {
        if let id = UUID(uuidString: text) {
            self = .id(id)
        } else if let key = ProjectKey(typed: text) {
            self = .key(key)
        } else {
            throw .invalidProjectKey(text)
        }
    }

    /// Whether it is complete without an organization.
    public var isId: Bool {
        if case .id = self { true } else { false }
    }
}
