import CommandKit
import Kernel
import Outbox

extension CommandContext {
    /// Says on standard error which timers and sagas fail, which no lane and no record of a run tells of. A database that cannot be asked says
    /// nothing: the lanes tell of that.
    ///
    /// - Parameter consumers: whose databases are asked.
    func tellFailingWork(of consumers: [any Consumer]) async {
        guard !global.quiet, let services = services as? AppServices else { return }
        let look = HealthLook(services: services, clock: clock, limit: .seconds(5))
        for database in await look.databases(of: Set(consumers.map(\.service)).sorted()) {
            for work in database.failingWork { notice("\(database.service): \(work), see saasctl health --service \(database.service)") }
        }
    }
}
