import FoundationEssentials

/// What a log says of its tree at some size; signed, it is a checkpoint as C2SP's "tlog-checkpoint" has it.
public struct TreeHead: Sendable, Hashable {
    /// What the key that signs for a log is derived for. Never changed: it would be another key.
    public static let keyPurpose = "audit-head"

    /// Names the log, and the key that signs for it.
    public let origin: String
    /// The number of leaves.
    public let size: Int64
    /// 32 bytes.
    public let root: [UInt8]

    public init(origin: String, size: Int64, root: [UInt8]) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// The text that is signed: origin, size in decimal, root in base64, each on a line.
    public var text: String {
        "\(origin)\n\(size)\n\(Data(root).base64EncodedString())\n"
    }

    /// - Parameter text: that of a note; what it says behind the third line is left to whoever put it there.
    /// - Returns: `nil` for what is none.
    public init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        guard lines.count >= 3, !lines[0].isEmpty, let size = Int64(lines[1]), size >= 0, String(size) == lines[1],
            let root = Base64.decode(lines[2]), root.count == 32
        else { return nil }
        self.init(origin: lines[0], size: size, root: root)
    }
}
