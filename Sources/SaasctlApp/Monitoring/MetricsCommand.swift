import ArgumentParser
import CommandKit
import Kernel

struct MetricsCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Print metrics of all databases and lanes for Prometheus.",
        discussion: """
            In the text format, version 0.0.4, whatever --output says. A database that is down is 0 in saasctl_database_up, and what it alone \
            knows is left out; so this succeeds all the same. For the textfile collector of node_exporter:

              saasctl metrics > saasctl.prom.$$ && mv saasctl.prom.$$ saasctl.prom
            """)

    @Option(
        help: ArgumentHelp("How long a database may take to be connected to, and then to answer.", valueName: "duration"),
        transform: { try DurationText.parse($0) })
    var within: Duration = .seconds(5)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if within < .milliseconds(10) { throw ValidationError("--within must be 10ms or more") }
    }

    func run(_ context: CommandContext) async throws {
        _ = try context.services.profile()
        guard let services = context.services as? AppServices else { return }
        let look = HealthLook(services: services, clock: context.clock, limit: within)
        async let lanes = look.lanes(of: Registry.consumers)
        let databases = await look.databases(of: Registry.services)
        try context.io.write(SystemMetrics(databases: databases, lanes: await lanes).text)
    }
}
