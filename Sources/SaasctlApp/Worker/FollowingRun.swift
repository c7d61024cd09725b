import CommandKit
import Kernel
import Outbox
import Worker

/// `worker run --follow`: the worker as a service of its own.
struct FollowingRun: Sendable {
    let worker: WorkerRun
    let stop: StopSignal
    let manager: ServiceManager?
    /// For those who read what the service says.
    let tell: @Sendable (String) -> Void

    /// Runs until the task is cancelled, which ends it after the chunks in hand.
    func run() async -> WorkerReport {
        let pulse = FollowPulse()
        return await withTaskCancellationHandler {
            // A task of its own: cancelling this one must not abort a chunk.
            await Task {
                let informer = manager.map { manager in Task { await keepInformed(manager, pulse) } }
                let report = await worker.untilStopped(pulse: pulse) { tell($0.text) }
                informer?.cancel()
                if !stop.isRequested { manager?.notify("STOPPING=1") }
                return report
            }.value
        } onCancel: {
            manager?.notify("STOPPING=1")
            stop.request()
        }
    }

    /// Says when all sources have been looked at, then, where a watchdog is set, that every loop is alive, twice in its time.
    private func keepInformed(_ manager: ServiceManager, _ pulse: FollowPulse) async {
        var isReady = false
        let limit = manager.watchdog
        do {
            while true {
                if !isReady, pulse.isReady {
                    manager.notify("READY=1")
                    isReady = true
                }
                if isReady {
                    guard let limit else { return }
                    if pulse.isAlive(within: max(limit, .seconds(5))) { manager.notify("WATCHDOG=1") }
                    try await Task.sleep(for: limit / 2)
                } else {
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
        } catch {
            return
        }
    }
}

extension LaneNews {
    fileprivate var text: String {
        switch self {
        case .fails(let hindrance):
            let hint = hindrance.isStanding ? hindrance.failure.hint : nil
            return hindrance.text + (hint.map { "; try: \($0)" } ?? "")
        case .goesOn(let names): return "\(names.listed()) \(names.count == 1 ? "goes" : "go") on"
        case .dead(let lane, let number):
            return "\(lane) has \(DeadLetterCount.deadEvents(number)); try: saasctl dlq list"
        }
    }
}
