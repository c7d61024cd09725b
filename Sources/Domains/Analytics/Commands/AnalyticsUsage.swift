import Analytics
import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel

struct AnalyticsUsage: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "Show how much was used of what plans meter, and by whom.",
        discussion: """
            By entitlement over all the days, with a line that shows the course; by day, week or month; or who has used most of one entitlement. Without
            --org of all organizations together.

            The figures are as old as the last run of the worker.

            Examples:
              saasctl analytics usage --org acme
              saasctl analytics usage --entitlement api_calls --by organization --limit 10
            """)

    enum Grouping: String, CaseIterable, ExpressibleByArgument {
        case entitlement, organization, day, week, month
    }

    @Option(help: "What a line is about: entitlement, organization, day, week or month.")
    var by = Grouping.entitlement

    @Option(help: ArgumentHelp("Only this entitlement.", valueName: "key"))
    var entitlement: String?

    @Option(help: ArgumentHelp("Show at most so many organizations, 1 to 1000; otherwise 20.", valueName: "count"))
    var limit: Int?

    @OptionGroup var period: FigurePeriod
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if by == .organization, entitlement == nil {
            throw ValidationError("--by organization needs --entitlement: quantities of two cannot be compared")
        }
        if by != .organization, limit != nil { throw ValidationError("--limit needs --by organization") }
        if let limit, !PagingOptions.limits.contains(limit) {
            throw ValidationError("--limit must be between \(PagingOptions.limits.lowerBound) and \(PagingOptions.limits.upperBound)")
        }
    }

    func run(_ context: CommandContext) async throws {
        let range = try period.range(by: FigureRange.Bucket(rawValue: by.rawValue) ?? .day, context)
        let organizationId = try await context.organizationIfGiven()
        if by == .organization, organizationId != nil {
            let isFlag = context.global.org != nil
            throw Failure(
                .usage, "--by organization compares organizations, and \(isFlag ? "--org" : "SAASCTL_ORG") names one",
                hint: isFlag ? "leave one of the two out" : "set the variable to nothing for this command: SAASCTL_ORG=")
        }
        let (by, entitlement, limit) = (by, entitlement, limit ?? 20)
        let filter = UsageFigureFilter(range, organizationId: organizationId, entitlement: entitlement)
        let (figures, newest) = try await context.read("analytics") { session in
            let figures: [UsageFigures] =
                switch (by, entitlement) {
                case (.organization, let entitlement?):
                    try AnalyticsService.users(of: entitlement, range, limit: limit, in: session)
                case (.day, _), (.week, _), (.month, _): try AnalyticsService.usageByTime(filter, in: session)
                case (.entitlement, _), (.organization, nil): try AnalyticsService.usage(filter, in: session)
                }
            return (figures, try AnalyticsService.newest(in: session))
        }
        context.tellAge(newest)
        try context.renderer.list(Page(all: try await charted(figures, context)))
    }

    private func charted(_ figures: [UsageFigures], _ context: CommandContext) async throws -> [Charted<UsageFigures>] {
        switch by {
        case .entitlement:
            let lines = figures.map { Charted($0, label: "\($0.from.date)..", chart: "", identifier: $0.entitlement) }
            let chart = Chart(context, beside: lines)
            return lines.map { $0.drawn(chart.sparkline($0.value.series ?? [])) }
        case .organization:
            let organizations = context.renderer.showsNames ? figures.compactMap(\.organizationId) : []
            let slugs = try await context.services.directory.slugs(ofOrganizations: organizations)
            let lines = figures.map { Charted($0, label: $0.organizationId.map { slugs[$0] ?? $0.text } ?? "-", chart: "") }
            return zip(lines, Chart(context, beside: lines).bars(figures.map(\.quantity))).map { $0.drawn($1) }
        case .day, .week, .month:
            let lines = figures.map { Charted($0, label: $0.from.date, chart: "") }
            let chart = Chart(context, beside: lines)
            return Dictionary(grouping: lines, by: \.value.entitlement).sorted { $0.key < $1.key }.flatMap { _, lines in
                zip(lines, chart.bars(lines.map(\.value.quantity))).map { $0.drawn($1) }
            }
        }
    }
}

extension UsageFigures: Figures {
    static let resourceKind = "UsageFigures"

    static var columns: [Column<Charted<UsageFigures>>] {
        [
            Column("entitlement") { $0.value.entitlement }, Column("of", mayShrink: false) { $0.label },
            Column("quantity", alignment: .trailing) { $0.value.quantity }, Column("records", alignment: .trailing) { $0.value.records },
            Column("limits reached", alignment: .trailing) { $0.value.limitsReached }, Column("used", mayShrink: false) { $0.chart },
        ]
    }
}
