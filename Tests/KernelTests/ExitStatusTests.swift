import FoundationEssentials
import Kernel
import Testing

@Suite struct ExitStatusTests {
    /// The table of the design. Scripts branch on the numbers, so they never change.
    @Test func `the numbers are the contract`() {
        let contract: [Kernel.ExitStatus: Int32] = [
            .success: 0, .failure: 1, .notFound: 3, .denied: 4, .conflict: 5, .refused: 6, .pending: 8, .partial: 9, .usage: 64,
            .unavailable: 69, .tryAgain: 75, .configuration: 78, .timedOut: 124, .interrupted: 130, .terminated: 143,
        ]
        #expect(contract == Dictionary(uniqueKeysWithValues: Kernel.ExitStatus.allCases.map { ($0, $0.rawValue) }))
    }

    @Test func `an actor is stored by kind and name`() {
        #expect(Actor.operatorAccount("ada").description == "operator:ada")
        #expect(Actor.user(UUID(high: 0xAB, low: 0xCD)).description == "user:00000000-0000-00ab-0000-0000000000cd")
        #expect(Actor.service("billing").description == "service:billing")
    }

    @Test func `a failure shows its code and message`() {
        #expect(Failure(.readOnly, "no", hint: "yes").description == "READ_ONLY: no")
    }
}
