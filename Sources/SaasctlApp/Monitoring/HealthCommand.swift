import ArgumentParser
import CommandKit
import Kernel
import Outbox
import Worker

struct HealthCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Say whether everything is as it should be, for a monitor.",
        discussion: """
            One line for each database (does it answer, does its schema suit this saasctl, do its timers and sagas go on) and for each lane of \
            the worker (does it stand, are events dead). All are asked at the same time, so one that is down hides no other.

            Exits 69 where a database cannot be reached, otherwise 8 where something is not as it should be, otherwise 0. How far a lane may be \
            behind, and how late a timer, is judged by --max-lag and --max-age alone. --live asks only whether databases answer. Examples, for a \
            load balancer, a restart policy and a person:

              saasctl health --service billing --within 1s
              saasctl health --live
              saasctl health --max-age 5m
            """)

    @OptionGroup var selection: ServiceSelection

    @Flag(help: "Ask only whether the databases answer.")
    var live = false

    @Option(
        help: ArgumentHelp("How long a database may take to be connected to, and then to answer.", valueName: "duration"),
        transform: { try DurationText.parse($0) })
    var within: Duration = .seconds(5)

    @Option(help: ArgumentHelp("How many events a lane may be behind.", valueName: "events"))
    var maxLag: Int64?

    @Option(
        help: ArgumentHelp("How long an event may wait to be applied, and what is due to be done: 5m.", valueName: "duration"),
        transform: { try DurationText.parse($0) })
    var maxAge: Duration?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if live, maxLag != nil || maxAge != nil { throw ValidationError("--live looks at no lanes; --max-lag and --max-age judge them") }
        if let maxLag, maxLag < 0 { throw ValidationError("--max-lag must not be negative") }
        if within < .milliseconds(10) { throw ValidationError("--within must be 10ms or more") }
    }

    func run(_ context: CommandContext) async throws {
        _ = try context.services.profile()
        guard let services = context.services as? AppServices else { return }
        let look = HealthLook(services: services, clock: context.clock, limit: within)
        let consumers = live ? [] : Registry.consumers.filter { selection.services.contains($0.service) }
        async let lanes = look.lanes(of: consumers)
        let databases = await look.databases(of: selection.services)
        let limits = StatusCheck(maxLag: maxLag, maxAge: maxAge)
        let checks = databases.map { HealthCheck($0, limits: limits) } + (await lanes).map { HealthCheck($0, limits: limits) }
        try context.renderer.list(Page(all: checks))
        if checks.contains(where: { $0.state == .unreachable }) { throw SilentExit(.unavailable) }
        if !live, checks.contains(where: { $0.state != .ok }) { throw SilentExit(.pending) }
    }
}
