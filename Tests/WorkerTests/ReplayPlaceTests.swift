import Audit
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Worker

/// A replay compares at the very events that the live lane has passed, wherever that and the archive's lane stand.
@Suite(.databases("billing", "organization", "workflow", "audit"), .hangLimit) struct ReplayPlaceTests {
    @Test func `the archive has nothing yet`() async throws {
        try await Model.prepare()
        try await Model.append(Array(1...700), from: 1)
        try await Model.run(ModelConsumer())
        #expect(try await Model.replay().outcome == .equal)
        try await connect("billing", as: .owner).run("delete from model")
        #expect(try await Model.replay().tables.first?.onlyRebuilt == 700)
        #expect(try await Model.rows() == Model.expected())
    }

    @Test(arguments: [1, 2]) func `the live lane is in the middle of a window, the archive beyond it`(chunks: Int) async throws {
        try await Model.prepare()
        try await Model.append(Array(1...1_700), from: 1)
        await Model.run(ModelConsumer(), chunks: chunks)
        #expect(try await Model.head()?.window != nil)
        try await Model.append(Array(1...1_700), from: 2)
        try await Model.run(Model.archivist())
        #expect(try await Model.replay().outcome == .equal)
        try await connect("billing", as: .owner).run("update model set gaps = 1 where id = '\(unsafeRaw: UUID.id(1).text)'")
        let report = try await Model.replay()
        #expect(report.tables == [.init(name: "model", onlyLive: 0, onlyRebuilt: 0, differing: 1)])
        try await Model.run(ModelConsumer())
        #expect(try await Model.rows() == Model.expected())
    }

    @Test func `the archive is in the middle of a window, the live lane beyond it`() async throws {
        try await Model.prepare()
        try await Model.append(Array(1...1_700), from: 1)
        await Model.run(Model.archivist(), chunks: 1)
        try await Model.append(Array(1...1_700), from: 2)
        try await Model.run(ModelConsumer())
        #expect(try await Model.replay().outcome == .equal)
    }

    @Test func `a lane that stands is compared where it stands`() async throws {
        try await Model.prepare()
        try await Model.append(Array(1...50), from: 1)
        try await Model.run(ModelConsumer(), Model.archivist())
        try await connect("billing", as: .owner).run("alter table model add constraint broken check (last <> 2)")
        try await Model.append(Array(1...50), from: 2)
        #expect(try await Model.run(ModelConsumer(), Model.archivist()).failure?.code.name == "LANE_FAILING")
        #expect(try await Model.replay().outcome == .equal)
        try await connect("billing", as: .owner).run("delete from model where id = '\(unsafeRaw: UUID.id(1).text)'")
        #expect(try await Model.replay().tables.first?.onlyRebuilt == 1)
        try await connect("billing", as: .owner).run("alter table model drop constraint broken")
        #expect(try await Model.run(ModelConsumer()).events == 50)
        #expect(try await Model.rows() == Model.expected())
    }

    /// Transactions that overlap in any way, both lanes stopped anywhere: a model that is right is never found wrong, and no event is read
    /// twice, left out or read out of order.
    @Test(arguments: 1...6 as ClosedRange<UInt64>) func `wherever the two lanes stand`(seed: UInt64) async throws {
        try await Model.prepare()
        var random = SplitMix(state: seed)
        var sequences = [Int64](repeating: 0, count: 40)
        var open: [(append: HeldAppend, things: Set<Int>)] = []
        let organization = try await connect("organization")
        for _ in 1...40 {
            // What a producer has locked.
            let busy = open.reduce(into: Set<Int>()) { $0.formUnion($1.things) }
            let chosen = (0..<40).filter { !busy.contains($0) && Int.random(in: 0...2, using: &random) == 0 }
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                for thing in chosen {
                    sequences[thing] += 1
                    let number = sequences[thing]
                    try await organization.transaction { try Model.insert([UInt64(thing + 1)], from: number, in: $0) }
                }
            case 4 where open.count < 3, 5 where open.count < 3:
                for thing in chosen { sequences[thing] += 1 }
                let events = chosen.map { (UInt64($0 + 1), sequences[$0]) }
                open.append((try await HeldAppend(events, on: try await connect("organization")), Set(chosen)))
            case 6 where !open.isEmpty:
                try await open.remove(at: Int.random(in: 0..<open.count, using: &random)).append.commit()
            case 7: await Model.run(ModelConsumer(), chunks: 1)
            case 8: await Model.run(Model.archivist(), chunks: 1)
            default:
                let report = try await Model.replay()
                #expect(report.outcome == .equal || report.lanes.first?.startsHere == true, "\(report)")
            }
        }
        for held in open { try await held.append.commit() }
        try await Model.run(ModelConsumer(), Model.archivist())
        #expect(try await Model.replay().outcome == .equal)
        #expect(try await Model.rows() == Model.expected())
    }
}
