import CommandKit
import Kernel
import Testing

@Suite struct ConfirmationTests {
    private func failure(
        _ level: ConfirmationLevel, input: String = "", onTerminal: Bool = true, mayAsk: Bool = true, yes: Bool = false,
        confirm: String? = nil
    ) -> Failure? {
        let io = CapturedTerminal(input: input, isTerminal: onTerminal)
        do {
            try Confirmation(io: io, mayAsk: mayAsk, saysYes: yes).obtain(level, to: "delete organization \"acme\"", confirm: confirm)
            return nil
        } catch {
            return error as? Failure
        }
    }

    @Test func mildAsksNothing() {
        #expect(failure(.mild, onTerminal: false) == nil)
    }

    @Test func moderateWantsAYes() {
        #expect(failure(.moderate, input: "y\n") == nil)
        #expect(failure(.moderate, input: " YES \n") == nil)
        #expect(failure(.moderate, onTerminal: false, yes: true) == nil)
        for answer in ["\n", "n\n", "", "yeah\n"] {
            #expect(failure(.moderate, input: answer)?.code == .confirmationNeeded)
        }
    }

    @Test func severeWantsTheName() {
        let level = ConfirmationLevel.severe(name: "acme")
        #expect(failure(level, input: "acme\n") == nil)
        #expect(failure(level, onTerminal: false, confirm: "acme") == nil)
        #expect(failure(level, input: "y\n")?.code == .confirmationNeeded)
        #expect(failure(level, onTerminal: true, yes: true)?.code == .confirmationNeeded, "--yes is not enough")
        #expect(failure(level, onTerminal: false, confirm: "acmee")?.code == .confirmationNeeded)
    }

    @Test func withoutATerminalTheFlagIsNamed() {
        #expect(failure(.moderate, input: "y\n", onTerminal: false)?.hint == "add --yes")
        #expect(failure(.moderate, input: "y\n", mayAsk: false)?.hint == "add --yes")
        #expect(failure(.severe(name: "a b"), onTerminal: false)?.hint == "add --confirm 'a b'")
        #expect(failure(.moderate, onTerminal: false)?.code.exit == .refused)
    }
}
