/// Rows of a COPY from the server in its binary format (PostgreSQL manual, COPY, "Binary Format"), undecoded and one behind the other, for
/// callers that read few of the values of many rows, or hand them on as they are. Their types are not known here.
public struct CopiedRows: Sendable {
    /// The columns of each row.
    public let columns: Int
    public private(set) var count = 0
    private var bytes: [UInt8] = []
    /// Where each value begins, row by row. Its length lies in front of it.
    private var starts: [UInt32] = []

    /// In front of the first row: a signature of 11 bytes, flags, and the length of an extension that the server does not use.
    private static let headerLength = 19

    init(columns: Int) {
        self.columns = columns
    }

    /// Lends the bytes of a value, `nil` for NULL. They must not be kept.
    ///
    /// - Precondition: there are such a row and such a column.
    public func withBytes<R>(ofRow row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) throws -> R) rethrows -> R {
        precondition(column >= 0 && column < columns)
        let start = Int(starts[row * columns + column])
        return try bytes.withUnsafeBytes { bytes in
            let length = bytes.bigEndian(Int32.self, at: start - 4)
            return try body(length < 0 ? nil : UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(length)]))
        }
    }

    /// Whether each value of a row has one of the lengths that its column may have.
    public func fits(row: Int, _ lengths: [ColumnLength]) -> Bool {
        precondition(lengths.count == columns)
        return bytes.withUnsafeBytes { bytes in
            for column in 0..<columns {
                let length = bytes.bigEndian(Int32.self, at: Int(starts[row * columns + column]) - 4)
                if length < 0 ? !lengths[column].isOptional : (lengths[column].bytes ?? length) != length { return false }
            }
            return true
        }
    }

    /// What is known of the values of a column.
    public struct ColumnLength: Sendable {
        /// `nil` where they have no fixed length.
        let bytes: Int32?
        /// Whether they may be NULL.
        let isOptional: Bool

        public init(bytes: Int? = nil, isOptional: Bool = false) {
            self.bytes = bytes.map(Int32.init)
            self.isOptional = isOptional
        }
    }

    /// Lends the fields of a row with their lengths, as they go into another COPY.
    func withEncodedFields<R>(ofRow row: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        // In front of the next row are its number of fields and the length of the first.
        let end = row + 1 < count ? Int(starts[(row + 1) * columns]) - 6 : bytes.count
        return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[Int(starts[row * columns]) - 4..<end])) }
    }

    /// Takes what the server sends at once: a row, the first with the header in front of it, or the end.
    ///
    /// - Returns: whether it was a row; `nil` where it is anything else.
    mutating func append(_ block: UnsafeRawBufferPointer) -> Bool? {
        var block = block
        if count == 0 {
            guard block.count >= Self.headerLength + 2, block.starts(with: CopyFormat.signature) else { return nil }
            block = UnsafeRawBufferPointer(rebasing: block[Self.headerLength...])
        }
        guard block.count >= 2 else { return nil }
        let fields = Int(block.bigEndian(Int16.self, at: 0))
        if fields == -1, block.count == 2 { return false }
        guard fields == columns else { return nil }
        var position = 2
        for _ in 0..<columns {
            guard position + 4 <= block.count else { return nil }
            let length = Int(block.bigEndian(Int32.self, at: position))
            position += 4
            starts.append(UInt32(bytes.count + position))
            position += max(0, length)
        }
        guard position == block.count else { return nil }
        bytes.append(contentsOf: block)
        count += 1
        return true
    }
}
