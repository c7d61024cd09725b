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
}
