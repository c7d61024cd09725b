import Kernel
import Outbox
public import Postgres

extension WorkerRun {
    /// Lets all lanes of a source go on with what the source is now: restored from a dump or a backup, upgraded, or promoted. Holds all of its
    /// lanes meanwhile. Killed half-way it changes nothing that a second run would not finish.
    ///
    /// - Parameter openOwner: a connection to the source as the owner of its tables; asked for only where rows have to be retired.
    /// - Parameter approve: gets what would be done, before anything is. Writes the decision down in the source, unless the plan continues a
    ///   recorded one, and returns the number of the record; with `nil` nothing is done.
    /// - Returns: what was done or, without approval, would be; `nil` where no lane needs anything.
    /// - Throws: `Failure` with `LANE_LOCKED`, `REBASE_LOSS`, `REBASE_RETIRED`, `REBASE_NEW_ROWS`; what the databases say; what `approve` throws.
    public func rebase(
        _ source: String, _ terms: RebaseTerms, openOwner: @Sendable () async throws -> Connection,
        approve: @Sendable (RebasePlan) async throws -> Int64?
    ) async throws -> [LaneRebase]? {
        let links = WorkerLinks(databases, budget: budget(following: false))
        let lanes = await lanes(over: links).filter { $0.source == source }
        let rebase = SourceRebase(
            lanes: lanes, reader: await links.reader(of: source), rows: RebaseReader(source: source), terms: terms, clock: clock)
        do {
            let result = try await rebase.run(openOwner, approve)
            for lane in lanes { await lane.release() }
            await links.closeAll()
            return result
        } catch {
            for lane in lanes { await lane.release() }
            await links.closeAll()
            throw error
        }
    }
}
