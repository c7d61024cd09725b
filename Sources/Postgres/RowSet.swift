/// All rows of a result, undecoded, for callers that read few of the values of many rows, or hand them on as they are.
public struct RowSet: Sendable, RandomAccessCollection {
    private let result: ResultHandle

    init(_ result: ResultHandle) {
        self.result = result
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { Int(result.rowCount) }

    public subscript(position: Int) -> Row {
        precondition(position >= 0 && position < endIndex)
        return Row(result: result, index: Int32(position))
    }

    /// The first row that has no value in one of the columns, and that column; `nil` where all have.
    public func firstNull(inColumns columns: [Int]) -> (row: Int, column: Int)? {
        for row in 0..<result.rowCount {
            for column in columns where result.isNull(row: row, column: Int32(column)) { return (Int(row), column) }
        }
        return nil
    }
}
