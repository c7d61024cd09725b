import Kernel
import Worker

/// A run of the worker in the text format of Prometheus, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
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
        var text = ""
        func family(_ name: String, _ help: String, _ samples: [(labels: [(String, String)], value: String)]) {
            guard !samples.isEmpty else { return }
            text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
            for sample in samples { text += "\(name)\(Self.labels(sample.labels)) \(sample.value)\n" }
        }
        family("saasctl_worker_last_run_timestamp_seconds", "When the last run ended.", [([], Self.seconds(endedAt))])
        family(Self.lastSuccess, "When a run last ended with exit status 0.", success.map { [([], $0)] } ?? [])
        family("saasctl_worker_run_duration_seconds", "How long the last run took.", [([], Self.seconds(duration))])
        family("saasctl_worker_run_exit_status", "Exit status of the last run.", [([], String(status))])
        family(
            "saasctl_worker_run_events_applied", "Events that the last run applied, by lane.",
            report.lanes.map { (Self.lane($0), String($0.events)) })
        let states = ["level", "interrupted", "locked", "stopped", "unavailable"]
        family(
            "saasctl_worker_lane_state", "How the last run left the lane: 1 for its state, 0 for the others.",
            report.lanes.flatMap { lane in
                (states.contains(lane.outcome.name) ? states : states + [lane.outcome.name]).map { state in
                    (Self.lane(lane) + [("state", state)], state == lane.outcome.name ? "1" : "0")
                }
            })
        return text
    }

    private var success: String? {
        if status == 0 { return Self.seconds(endedAt) }
        let line = previous?.split(separator: "\n").first { $0.hasPrefix(Self.lastSuccess + " ") }
        return line.flatMap {
            Double($0.dropFirst(Self.lastSuccess.count + 1)) == nil ? nil : String($0.dropFirst(Self.lastSuccess.count + 1))
        }
    }

    private static func lane(_ lane: LaneReport) -> [(String, String)] {
        [("consumer", lane.consumer), ("source", lane.source)]
    }

    private static func labels(_ labels: [(String, String)]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",") + "}"
    }

    /// The value of a label: backslash, double quote and line feed are escaped, everything else stands for itself.
    static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += #"\\"#
            case "\"": text += #"\""#
            case "\n": text += #"\n"#
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// Seconds since 1970 with all of the timestamp's digits, which a floating-point number would not keep.
    private static func seconds(_ time: Timestamp) -> String { seconds(.microseconds(time.microseconds)) }

    private static func seconds(_ duration: Duration) -> String {
        let microseconds = Int64(duration / .microseconds(1))
        let fraction = String(microseconds.magnitude % 1_000_000)
        let sign = microseconds < 0 ? "-" : ""
        return "\(sign)\(microseconds.magnitude / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
    }
}
