import Kernel
import Synchronization
import TestSupport

/// What a soak has seen.
struct SoakTally: Sendable, CustomStringConvertible {
    var faults: [String: Int] = [:]
    var missed: [String: Int] = [:]
    /// Ends of workers, by exit status.
    var ends: [Int32: Int] = [:]
    /// Ends of the commands that were faults, by fault and exit status.
    var commands: [String: Int] = [:]
    /// Partitions that were dropped.
    var dropped = 0
    /// Programs that ended as none should.
    var findings: [String] = []

    var description: String {
        func list(_ counts: [String: Int]) -> String {
            counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }
        let statuses = Dictionary(uniqueKeysWithValues: ends.map { (String($0.key), $0.value) })
        return """
            faults: \(list(faults)); hit by others: \(list(missed)); workers ended with: \(list(statuses)); commands ended with: \
            \(list(commands))
            """
    }
}

/// Counts.
final class SoakLog: Sendable {
    private let state = Mutex(SoakTally())

    var tally: SoakTally { state.withLock(\.self) }

    func began(_ fault: SoakFault) {
        state.withLock { $0.faults["\(fault)", default: 0] += 1 }
    }

    func missed(_ fault: SoakFault, _ error: any Error) {
        state.withLock { $0.missed["\(fault)", default: 0] += 1 }
    }

    /// 3 and 5: a letter went by itself meanwhile; 8: the audit log has not begun, or a lane stands; 69: a database was away; 75: a lock could
    /// not be had, or lanes moved on all the time.
    func said(_ fault: SoakFault, _ result: CommandResult) throws {
        let dropped = fault == .prune && result.status == 0 ? try result.json()["items"]?.elements : nil
        state.withLock { state in
            state.commands["\(fault) \(result.status)", default: 0] += 1
            state.dropped += dropped?.count { $0["action"]?.string == "dropped" } ?? 0
            if ![0, 3, 5, 8, 69, 75].contains(result.status) { state.findings.append("\(result)") }
        }
    }

    /// 8: events are set aside for good; 69: a database was away; 137 and 143: it was told to end.
    func ended(_ result: CommandResult) {
        state.withLock { state in
            state.ends[result.status, default: 0] += 1
            if ![0, 8, 69, 137, 143].contains(result.status) { state.findings.append("\(result)") }
        }
    }
}

/// The processes of a soak, and what goes on beside the next fault.
final class SoakWorkers: Sendable {
    private let running = Mutex<[RunningProgram]>([])
    private let guests = Mutex<[Task<Void, Never>]>([])

    func add(_ worker: RunningProgram) {
        running.withLock { $0.append(worker) }
    }

    /// Forgets those that have ended: their numbers may be others' soon.
    func removeEnded() {
        running.withLock { running in
            running.removeAll { worker in
                do { try worker.send(signal: 0) } catch { return true }
                return false
            }
        }
    }

    func random(using random: inout SeededGenerator) -> RunningProgram? {
        running.withLock { $0.randomElement(using: &random) }
    }

    func send(signal: Int32) {
        for worker in running.withLock(\.self) {
            // It may have ended just now.
            do { try worker.send(signal: signal) } catch {}
        }
    }

    /// Lets something go on for a while. What it meets is part of the soak.
    func invite(_ body: @escaping @Sendable () async throws -> Void) {
        let task = Task { do { try await body() } catch {} }
        guests.withLock { $0.append(task) }
    }

    /// Waits until all guests have left.
    func untilAlone() async {
        for guest in guests.withLock(\.self) { await guest.value }
    }
}
