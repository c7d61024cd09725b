import Kernel
import Worker

/// A run of the worker, for the textfile collector of node_exporter.
struct MetricsText {
    /// What the file must say of a run that failed too: when one last did not.
    private static let lastSuccess = "saasctl_worker_last_success_timestamp_seconds"

    let report: WorkerReport
    let endedAt: Timestamp
    let duration: Duration
    let status: Int32
    /// The text that an earlier run has left; its last success is kept.
    let previous: String?

    var text: String {
        typealias Sample = PrometheusText.Sample
        var metrics = PrometheusText()
        metrics.family("saasctl_worker_last_run_timestamp_seconds", "When the last run ended.", PrometheusText.seconds(endedAt))
        metrics.family(Self.lastSuccess, "When a run last ended with exit status 0.", success.map { [Sample([], $0)] } ?? [])
        metrics.family("saasctl_worker_run_duration_seconds", "How long the last run took.", PrometheusText.seconds(duration))
        metrics.family("saasctl_worker_run_exit_status", "Exit status of the last run.", String(status))
        metrics.family(
            "saasctl_worker_run_events_applied", "Events that the last run applied, by lane.",
            report.lanes.map { Sample(Self.lane($0), String($0.events)) })
        let states = ["level", "interrupted", "locked", "stopped", "unavailable"]
        metrics.family(
            "saasctl_worker_lane_state", "How the last run left the lane: 1 for its state, 0 for the others.",
            report.lanes.flatMap { lane in
                (states.contains(lane.outcome.name) ? states : states + [lane.outcome.name]).map { state in
                    Sample(Self.lane(lane) + [("state", state)], state == lane.outcome.name ? "1" : "0")
                }
            })
        return metrics.text
    }

    private var success: String? {
        if status == 0 { return PrometheusText.seconds(endedAt) }
        let line = previous?.split(separator: "\n").first { $0.hasPrefix(Self.lastSuccess + " ") }
        return line.flatMap {
            Double($0.dropFirst(Self.lastSuccess.count + 1)) == nil ? nil : String($0.dropFirst(Self.lastSuccess.count + 1))
        }
    }

    private static func lane(_ lane: LaneReport) -> [(String, String)] {
        [("consumer", lane.consumer), ("source", lane.source)]
    }
}
