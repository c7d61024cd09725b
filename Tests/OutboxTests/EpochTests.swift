import Outbox
import Testing

@Suite struct EpochTests {
    private let epoch = Epoch(systemIdentifier: "7501234567890123456", timeline: 3, database: 16_384, outbox: 16_500)

    @Test func `its text reads back`() {
        #expect(epoch.description == "7501234567890123456/3/16384/16500")
        #expect(Epoch(epoch.description) == epoch)
    }

    @Test(arguments: ["", "1/2/3", "1/2/3/4/5", "1/x/3/4", "1/2//4", "1/2/3/99999999999999999999"])
    func `anything else is none`(text: String) {
        #expect(Epoch(text) == nil)
    }

    @Test func `the same source has no difference`() {
        #expect(epoch.difference(from: epoch) == nil)
    }

    @Test func `the largest thing that changed is named`() throws {
        let other = Epoch(systemIdentifier: "1", timeline: 1, database: 1, outbox: 1)
        #expect(try #require(epoch.difference(from: other)).contains("another cluster"))
        let promoted = Epoch(systemIdentifier: epoch.systemIdentifier, timeline: 4, database: 1, outbox: 1)
        #expect(try #require(promoted.difference(from: epoch)).contains("timeline"))
        let restored = Epoch(systemIdentifier: epoch.systemIdentifier, timeline: 3, database: 1, outbox: 1)
        #expect(try #require(restored.difference(from: epoch)).contains("database was dropped"))
        let remade = Epoch(systemIdentifier: epoch.systemIdentifier, timeline: 3, database: 16_384, outbox: 1)
        #expect(try #require(remade.difference(from: epoch)).contains("outbox was dropped"))
    }
}
