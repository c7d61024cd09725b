import Analytics
import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel

struct AnalyticsTasks: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks", abstract: "Show how many tasks were created and done, and how long they took.",
        discussion: """
            Without --org of all organizations together. The cycle time is that from the first beginning of a task until it is done, the lead time that from
            its creation; half of the tasks took p50 at most, 85 of a hundred p85, 95 of a hundred p95.

            The figures are as old as the last run of the worker.

            Examples:
              saasctl analytics tasks --org acme --by week
              saasctl analytics tasks --org acme --by project --since 2026-10-01 --until 2026-11-01
            """)

    enum Grouping: String, CaseIterable, ExpressibleByArgument {
        case day, week, month, project
    }

    @Option(help: "What a line is about: day, week, month or project.")
    var by = Grouping.day

    @Option(help: ArgumentHelp("Only tasks of this project: its key in the organization of --org, or its id.", valueName: "project"))
    var project: String?

    @OptionGroup var period: FigurePeriod
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if by == .project, project != nil { throw ValidationError("--by project compares projects, and --project names one") }
    }

    func run(_ context: CommandContext) async throws {
        var filter = TaskFigureFilter(
            try period.range(by: FigureRange.Bucket(rawValue: by.rawValue) ?? .day, context), byProject: by == .project)
        if by == .project {
            filter.organizationId = try await context.organization().id
        } else if let project {
            let organization =
                context.global.organization(environment: context.environment) == nil ? nil : try await context.organization()
            let isId = UUID(uuidString: project) != nil
            let owner = isId ? organization : try await context.organization()
            let found = try await context.services.directory.project(project, of: owner)
            filter.projectId = found.id
            filter.organizationId = found.organizationId
        } else {
            filter.organizationId = try await context.organizationIfGiven()
        }
        let asked = filter
        let (figures, newest) = try await context.read("analytics") {
            (try AnalyticsService.tasks(asked, in: $0), try AnalyticsService.newest(in: $0))
        }
        context.tellAge(newest)
        let projects = by == .project && context.renderer.showsNames ? figures.compactMap(\.projectId) : []
        let keys = try await context.services.directory.keys(ofProjects: projects)
        let lines = figures.map { figures in
            let project = by == .project ? figures.projectId : nil
            return Charted(figures, label: project.map { keys[$0] ?? $0.text } ?? figures.from.date, chart: "")
        }
        let bars = Chart(context, beside: lines).bars(figures.map(\.completed))
        try context.renderer.list(Page(all: zip(lines, bars).map { $0.drawn($1) }))
    }
}

extension TaskFigures: Figures {
    static let resourceKind = "TaskFigures"

    static var columns: [Column<Charted<TaskFigures>>] {
        func time(_ title: String, _ seconds: @escaping @Sendable (TaskFigures) -> Int64?) -> Column<Charted<TaskFigures>> {
            Column(title, alignment: .trailing) { line in seconds(line.value).map(ShortTime.text) }
        }
        return [
            Column("of", mayShrink: false) { $0.label }, Column("created", alignment: .trailing) { $0.value.created },
            Column("done", alignment: .trailing) { $0.value.completed }, Column("reopened", alignment: .trailing) { $0.value.reopened },
            Column("cancelled", alignment: .trailing) { $0.value.cancelled }, time("cycle p50") { $0.cycleSeconds?.p50 },
            time("p85") { $0.cycleSeconds?.p85 }, time("p95") { $0.cycleSeconds?.p95 }, time("lead p50") { $0.leadSeconds?.p50 },
            Column("throughput", mayShrink: false) { $0.chart },
        ]
    }
}

/// A time as people say it: its two largest units.
enum ShortTime {
    static func text(_ seconds: Int64) -> String {
        let units: [(Int64, String)] = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")]
        guard let first = units.firstIndex(where: { $0.0 <= seconds }) else { return "0s" }
        var rest = seconds
        var text: [String] = []
        for (size, name) in units[first...].prefix(2) {
            if rest / size > 0 { text.append("\(rest / size)\(name)") }
            rest %= size
        }
        return text.joined(separator: " ")
    }
}
