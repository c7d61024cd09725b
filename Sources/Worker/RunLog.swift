public import Kernel
public import Outbox
import Postgres

/// What the databases keep of the last run of each consumer.
public struct RunLog: Sendable {
    private let consumers: [any Consumer]
    private let databases: any WorkerDatabases

    public init(consumers: [any Consumer], databases: any WorkerDatabases) {
        self.consumers = consumers
        self.databases = databases
    }

    /// Records a run that has ended: one upsert for each consumer, in the consumer's database. Does not wait for the disk: a crash of the
    /// server may take the last record with it.
    ///
    /// - Returns: why that was not possible, where the run itself did not meet the same: a database that was down has told already.
    public func record(_ report: WorkerReport, from startedAt: Timestamp, to endedAt: Timestamp) async -> [Failure] {
        let links = WorkerLinks(databases)
        let failures = await RunRecorder(consumers: consumers, links: links)
            .put(RunRecord.records(of: report, from: startedAt, to: endedAt))
        await links.closeAll()
        return failures
    }

    /// The last run of each consumer, in the order in which the consumers were given; `nil` for one that has never run to its end.
    public func last() async -> [(consumer: String, run: Result<RunRecord?, Failure>)] {
        await withTaskGroup(of: Answer.self) { group in
            for (index, consumer) in consumers.enumerated() {
                group.addTask { Answer(index: index, run: await last(of: consumer)) }
            }
            let answers = await group.reduce(into: []) { $0.append($1) }
            return answers.sorted { $0.index < $1.index }.map { (consumers[$0.index].name, $0.run) }
        }
    }

    private struct Answer: Sendable {
        let index: Int
        let run: Result<RunRecord?, Failure>
    }

    private func last(of consumer: any Consumer) async -> Result<RunRecord?, Failure> {
        do {
            return .success(try await with(consumer) { try $0.first(RunRecordQueries.get(consumer: consumer.name)) })
        } catch {
            return .failure(Failure(askingFor: "the last run of \(consumer.name)", error))
        }
    }

    private func with<R: Sendable>(_ consumer: any Consumer, _ body: @Sendable (Session) throws -> R) async throws -> R {
        let connection = try await databases.open(consumer.service)
        do {
            let result = try await connection.session(body)
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }
}

extension Failure {
    /// The same fault with the same code as when a lane meets it.
    init(askingFor what: String, _ error: any Error) {
        let failure = LaneReport.Outcome(error).failure ?? Failure(.unexpected, String(describing: error))
        self.init(
            failure.code, "\(what) cannot be asked for: \(failure.message)", hint: failure.hint, details: failure.details)
    }
}
