import FoundationEssentials
import Kernel
import Testing

@Suite struct PageTests {
    private func cursor(_ number: Int) -> PageCursor {
        PageCursor(time: Timestamp(microseconds: Int64(number)), id: UUID(high: 0, low: UInt64(number)))
    }

    @Test func `the row too many says that there is more, and is not shown`() {
        let page = Page([1, 2, 3], limit: 2, cursor: cursor)
        #expect(page.items == [1, 2])
        #expect(page.next == cursor(2))
    }

    @Test(arguments: [[], [1], [1, 2]])
    func `a page that is not overfull is the last`(rows: [Int]) {
        let page = Page(rows, limit: 2, cursor: cursor)
        #expect(page.items == rows)
        #expect(page.next == nil)
    }

    @Test func `a list without pages has no next one`() {
        let page = Page(all: [1, 2, 3])
        #expect(page.items == [1, 2, 3])
        #expect(page.next == nil)
    }

    @Test(arguments: [0, 1, -1, 1_773_500_966_535_897, -62_135_596_800_000_000, 253_402_300_799_999_999])
    func `a cursor's text leads back to the cursor`(microseconds: Int64) {
        let cursor = PageCursor(time: Timestamp(microseconds: microseconds), id: UUID(high: 0x019C, low: 5))
        #expect(PageCursor(cursor.description) == cursor)
        #expect(cursor.description == "\(microseconds)_00000000-0000-019c-0000-000000000005")
    }

    @Test(arguments: [
        "", "_", "5", "5_", "_00000000-0000-019c-0000-000000000005", "5_x", "x_00000000-0000-019c-0000-000000000005",
        "5__00000000-0000-019c-0000-000000000005", "5_00000000-0000-019c-0000-000000000005_", "5_00000000-0000-019c-0000-000000000005_6",
        "5.0_00000000-0000-019c-0000-000000000005", "99999999999999999999_00000000-0000-019c-0000-000000000005",
        "5 00000000-0000-019c-0000-000000000005",
        // Before the year 1, after the year 9999.
        "-62135596800000001_00000000-0000-019c-0000-000000000005", "253402300800000000_00000000-0000-019c-0000-000000000005",
        "9223372036854775807_00000000-0000-019c-0000-000000000005",
    ])
    func `other text is no cursor`(text: String) {
        #expect(PageCursor(text) == nil)
    }
}
