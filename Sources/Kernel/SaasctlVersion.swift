/// A version of saasctl: three numbers in the order of Semantic Versioning 2.0.0, without pre-release or build labels.
public struct SaasctlVersion: Sendable, Hashable {
    public let major: Int
    public let minor: Int
    public let patch: Int

    /// The version of this binary: what `--version` prints, and what databases compare with the least version that may use them.
    public static let current = SaasctlVersion(0, 1, 0)

    public init(_ major: Int, _ minor: Int, _ patch: Int) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }
}

extension SaasctlVersion: Comparable {
    public static func < (left: SaasctlVersion, right: SaasctlVersion) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }
}

extension SaasctlVersion: LosslessStringConvertible {
    public var description: String { "\(major).\(minor).\(patch)" }

    /// Reads `1.2.3`.
    ///
    /// - Returns: `nil` for anything but three numbers without sign or leading zero.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == 3, numbers.map(String.init) == parts.map(String.init), numbers.allSatisfy({ $0 >= 0 }) else { return nil }
        self.init(numbers[0], numbers[1], numbers[2])
    }
}

extension SaasctlVersion: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let version = SaasctlVersion(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a version: \(text)")
        }
        self = version
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
