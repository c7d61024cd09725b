import Kernel
import Outbox
import Postgres

/// Writes the records of runs over the connections of a worker.
struct RunRecorder: Sendable {
    let consumers: [any Consumer]
    let links: WorkerLinks

    /// - Returns: why that was not possible, where the record itself does not tell the same.
    func put(_ records: [RunRecord]) async -> [Failure] {
        await withTaskGroup(of: Failure?.self) { group in
            for record in records {
                guard let consumer = consumers.first(where: { $0.name == record.consumer }) else { continue }
                group.addTask {
                    do {
                        let (relax, put) = (RunRecordQueries.relax(), try RunRecordQueries.put(record))
                        _ = try await links.link(to: consumer.service, for: .asking).session { try $0.pipeline(relax, put) }
                        return nil
                    } catch {
                        let failure = LaneReport.Outcome(error).failure
                        return failure?.code.name == record.errorCode ? nil : failure
                    }
                }
            }
            return await group.reduce(into: []) { failures, failure in failure.map { failures.append($0) } }
        }
    }
}
