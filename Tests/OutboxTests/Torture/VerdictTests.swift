import FoundationEssentials
import Testing

@Suite struct VerdictTests {
    private func event(_ position: Int64, of subject: UInt64, _ sequence: Int64) -> Delivery {
        Delivery(position: position, id: .id(UInt64(position)), subject: .id(subject), sequence: sequence)
    }

    private var committed: [Delivery] { [event(1, of: 1, 1), event(2, of: 2, 1), event(3, of: 1, 2), event(4, of: 1, 3)] }

    @Test func `everything once and in order per aggregate is clean, whatever stands between`() {
        #expect(Verdict(committed: committed, applied: committed).isClean)
        #expect(Verdict(committed: committed, applied: [committed[0], committed[2], committed[1], committed[3]]).isClean)
    }

    @Test func `a lost event is missing`() {
        let verdict = Verdict(committed: committed, applied: Array(committed.dropLast()))
        #expect(verdict.missing == [committed[3]])
        #expect(!verdict.isClean)
    }

    @Test func `an event applied again is twice`() {
        let verdict = Verdict(committed: committed, applied: committed + [committed[1]])
        #expect(verdict.twice == [committed[1]])
        #expect(verdict.missing.isEmpty)
    }

    @Test func `an event from nowhere is invented`() {
        #expect(Verdict(committed: committed, applied: committed + [event(9, of: 1, 4)]).invented.map(\.position) == [9])
    }

    @Test func `two events of an aggregate the wrong way round are misordered`() {
        let verdict = Verdict(committed: committed, applied: [committed[0], committed[1], committed[3], committed[2]])
        #expect(verdict.misordered == [committed[3], committed[2]])
        #expect(verdict.missing.isEmpty && verdict.twice.isEmpty && verdict.invented.isEmpty)
    }
}
