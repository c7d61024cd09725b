public import FoundationEssentials
public import Kernel

/// Which usage is asked about.
public struct UsageFigureFilter: Sendable, Hashable {
    public var range: FigureRange
    /// `nil` for all organizations together.
    public var organizationId: UUID?
    /// `nil` for all.
    public var entitlement: String?

    public init(_ range: FigureRange, organizationId: UUID? = nil, entitlement: String? = nil) {
        self.range = range
        self.organizationId = organizationId
        self.entitlement = entitlement
    }
}

/// How much was used of an entitlement in a time.
public struct UsageFigures: Sendable, Hashable, Codable {
    /// `[from, until)`.
    public let from: Timestamp
    public let until: Timestamp
    public let entitlement: String
    /// `nil` where the figures are of one that was asked for, or of all.
    public let organizationId: UUID?
    public let quantity: Int64
    /// How often usage was recorded.
    public let records: Int64
    /// How often a limit was reached.
    public let limitsReached: Int64
    /// The quantities of the days, weeks or months of the range, where the figures are of the whole of it.
    public let series: [Int64]?
}
