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
}
