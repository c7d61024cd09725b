import ArgumentParser
import CommandKit
import Kernel
import Outbox
import Worker

struct WorkerStatusCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how far each lane is.",
        discussion: """
            A lane is one consumer reading the events of one service; behind 0 means that it has applied them all. Below the lanes stands the \
            oldest transaction of each server that has written and is still open, prepared ones included: it holds back its own events, and \
            keeps partitions from being dropped. Timers and sagas that fail are named on standard error.

            Exits as worker run would where a lane cannot be asked: 69 for a database that is down, 78 for a schema that is outdated.

            With --check it prints one line, and exits 8 besides where a lane is further behind than --max-lag, has an event waiting for \
            longer than --max-age, or stands still. Examples, for a monitor and for a person:

              saasctl worker status --check --max-lag 1000 --max-age 5m
              saasctl worker status --watch --interval 5s
            """)

    @Flag(help: "Show it again and again; Ctrl-C ends it.")
    var watch = false

    @Option(
        help: ArgumentHelp("With --watch: how often; every 2 seconds unless said otherwise.", valueName: "duration"),
        transform: { try DurationText.parse($0) })
    var interval: Duration?

    @Flag(help: "Judge instead of showing: one line and the exit status.")
    var check = false

    @Option(help: ArgumentHelp("With --check: how many events a lane may be behind.", valueName: "events"))
    var maxLag: Int64?

    @Option(
        help: ArgumentHelp("With --check: how long an event may wait to be applied: 5m.", valueName: "duration"),
        transform: { try DurationText.parse($0) })
    var maxAge: Duration?

    @Option(help: ArgumentHelp("Look at the lanes of these consumers only.", valueName: "consumer,…"))
    var only: ConsumerNames?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    private static let standardInterval = Duration.seconds(2)

    func validate() throws {
        if !check, maxLag != nil || maxAge != nil { throw ValidationError("--max-lag and --max-age are limits of --check") }
        if interval != nil, !watch { throw ValidationError("--interval belongs to --watch") }
        if check, watch { throw ValidationError("--check and --watch exclude each other") }
        if let maxLag, maxLag < 0 { throw ValidationError("--max-lag must not be negative") }
    }

    func run(_ context: CommandContext) async throws {
        _ = try context.services.profile()
        guard let databases = context.services as? any WorkerDatabases else { return }
        let monitor = WorkerMonitor(consumers: only?.consumers ?? Registry.consumers, databases: databases, clock: context.clock)
        if watch {
            return try await StatusWatch(monitor: monitor, context: context, interval: interval ?? Self.standardInterval).run()
        }
        let status = await monitor.look()
        await monitor.close()
        if check {
            let verdict = StatusCheck(maxLag: maxLag, maxAge: maxAge).verdict(on: status)
            try context.renderer.object(verdict)
            if verdict.exit != .success { throw SilentExit(verdict.exit) }
            return
        }
        try StatusView(status, showsRate: false).show(context.renderer, context.output, context.io)
        if status.hidesAges {
            context.notice("the age of a transaction is hidden from this role; membership in pg_read_all_stats shows it")
        }
        await context.tellFailingWork(of: only?.consumers ?? Registry.consumers)
        if let failure = status.failure { throw failure }
    }
}
