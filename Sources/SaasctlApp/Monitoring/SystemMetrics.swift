import Kernel
import Migrations
import Organization
import Outbox
import Worker

/// Databases and lanes as Prometheus reads them. Names follow prometheus.io/docs/practices/naming.
struct SystemMetrics {
    private typealias Sample = PrometheusText.Sample

    let databases: [DatabaseHealth]
    let lanes: [LaneStatus]

    var text: String {
        var metrics = PrometheusText()
        metrics.family(
            "saasctl_build_info", "Version of the saasctl that looked.", [Sample([("version", SaasctlVersion.current.description)], "1")])
        addDatabases(to: &metrics)
        addLanes(to: &metrics)
        return metrics.text
    }

    private func addDatabases(to metrics: inout PrometheusText) {
        metrics.family(
            "saasctl_database_up", "Whether the database answers.", databases.map { Sample(Self.label($0), Self.flag($0.isUp)) })
        metrics.family(
            "saasctl_database_latency_seconds", "How long a round trip to the database took.",
            databases.compactMap { database in database.latency.map { Sample(Self.label(database), PrometheusText.seconds($0)) } })
        metrics.family(
            "saasctl_database_schema_current", "Whether the schema suits this saasctl.",
            databases.filter(\.isUp).map { Sample(Self.label($0), Self.flag(!$0.hasOtherSchema)) })
        metrics.family(
            "saasctl_database_schema_version", "Highest migration applied, of those of all databases and of the service's own.",
            databases.flatMap { database in
                (database.schema.map { [("common", $0.common), ("own", $0.own)] } ?? []).map { component, number in
                    Sample(Self.label(database) + [("component", component)], String(number))
                }
            })
        func vital(_ name: String, _ help: String, _ value: (ServiceVitals) -> Int64) {
            metrics.family(
                name, help,
                databases.compactMap { database in database.vitals.map { Sample(Self.label(database), String(value($0))) } })
        }
        vital("saasctl_outbox_rows", "Events in the outbox, as the server estimates.") { $0.outboxRows }
        vital("saasctl_outbox_room_rows", "Events for which partitions are there; below zero they land in the default one.") {
            $0.outboxRoom
        }
        vital("saasctl_timers_overdue", "What is due and not done, counted up to \(ServiceVitals.limit).") { $0.overdueTimers }
        vital("saasctl_timers_failing", "What is due and fails again and again, counted up to \(ServiceVitals.limit).") {
            $0.failingTimers
        }
        metrics.family(
            "saasctl_sagas", "Sagas that have not ended, by state.",
            databases.filter { $0.service == OrganizationModule.module.name && $0.vitals != nil }.flatMap { database in
                Saga.State.allCases.filter { !$0.hasEnded }.map {
                    Sample([("state", $0.rawValue)], String(database.sagas[$0, default: 0]))
                }
            })
    }

    private func addLanes(to metrics: inout PrometheusText) {
        metrics.family(
            "saasctl_lane_up", "Whether both databases of the lane could be asked.",
            lanes.map { Sample(Self.label($0), Self.flag($0.state != .unavailable)) })
        metrics.family(
            "saasctl_lane_stopped", "Whether the lane stands until somebody acts.",
            lanes.filter { $0.state != .unavailable }.map { Sample(Self.label($0), Self.flag($0.state == .stopped)) })
        metrics.family(
            "saasctl_lane_lag_events", "Events that the lane has not applied.",
            lanes.compactMap { lane in lane.behind.map { Sample(Self.label(lane), String($0)) } })
        metrics.family(
            "saasctl_lane_lag_seconds", "How long ago the oldest event that the lane has not applied happened; 0 where there is none.",
            lanes.filter { $0.behind != nil }.map { Sample(Self.label($0), PrometheusText.seconds(.milliseconds($0.oldestAgeMs ?? 0))) })
        metrics.family(
            "saasctl_lane_applied_events_total", "Events that the lane has applied since it began.",
            lanes.compactMap { lane in lane.applied.map { Sample(Self.label(lane), String($0)) } }, kind: .counter)
        metrics.family(
            "saasctl_dead_letters", "Events that the lane has set aside, by state, counted up to \(DeadLetterCount.limit).",
            lanes.flatMap { lane in
                (lane.deadLetters.map { [("dead", $0.dead), ("retrying", $0.retrying), ("parked", $0.parked)] } ?? []).map { state, count in
                    Sample(Self.label(lane) + [("state", state)], String(count))
                }
            })
        let runs = Dictionary(lanes.compactMap { lane in lane.lastRun.map { (lane.consumer, $0.endedAt) } }) { first, _ in first }
        metrics.family(
            "saasctl_consumer_last_run_timestamp_seconds", "When the last run of the worker ended that had all lanes of the consumer.",
            runs.sorted { $0.key < $1.key }.map { Sample([("consumer", $0.key)], PrometheusText.seconds($0.value)) })
    }

    private static func label(_ database: DatabaseHealth) -> [(String, String)] { [("service", database.service)] }

    private static func label(_ lane: LaneStatus) -> [(String, String)] { [("consumer", lane.consumer), ("source", lane.source)] }

    private static func flag(_ value: Bool) -> String { value ? "1" : "0" }
}
