import Analytics
import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel

struct AnalyticsSubscriptions: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscriptions", abstract: "Count subscriptions by plan and price, or show the recurring revenue.",
        discussion: """
            With --by day, week or month: the monthly recurring revenue (MRR) of each currency, its five movements, what it comes to in a year (ARR),
            the revenue per subscriber (ARPA) and what was lost. Opening, new, expansion, reactivation, contraction and churn add up to closing.

            The figures are as old as the last run of the worker.

            Example: saasctl analytics subscriptions --by month --since 2026-01-01 -o json
            """)

    enum Grouping: String, CaseIterable, ExpressibleByArgument {
        case plan, day, week, month
    }

    @Option(help: "What a line is about: plan, day, week or month.")
    var by = Grouping.plan

    @OptionGroup var period: FigurePeriod

    @Option(help: ArgumentHelp("Only this currency: three letters, ISO 4217.", valueName: "code"))
    var currency: String?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if by == .plan, period.isGiven || currency != nil {
            throw ValidationError("--since, --until and --currency need --by day, week or month: plans are counted as they are now")
        }
    }

    func run(_ context: CommandContext) async throws {
        if context.global.organization(environment: context.environment) != nil {
            context.notice("these figures are of all organizations, whichever is named")
        }
        guard let bucket = FigureRange.Bucket(rawValue: by.rawValue) else {
            let (summaries, newest) = try await context.read("analytics") {
                (try AnalyticsService.subscriptions(in: $0), try AnalyticsService.newest(in: $0))
            }
            context.tellAge(newest)
            return try context.renderer.list(Page(all: summaries))
        }
        let range = try period.range(by: bucket, context)
        let currency = currency?.uppercased()
        if let currency, !Currency.isKnown(currency) { throw MoneyError.unknownCurrency(currency) }
        let (revenue, newest) = try await context.read("analytics") {
            (try AnalyticsService.revenue(range, currency: currency, in: $0), try AnalyticsService.newest(in: $0))
        }
        context.tellAge(newest)
        let chart = Chart(context, beside: revenue.map { Charted($0, label: $0.from.date, chart: "") })
        // Bars of two currencies cannot be compared.
        let lines = Dictionary(grouping: revenue, by: \.currency).sorted { $0.key < $1.key }.flatMap { _, revenue in
            zip(revenue, chart.bars(revenue.map(\.closing.amount))).map { Charted($0, label: $0.from.date, chart: $1) }
        }
        try context.renderer.list(Page(all: lines))
    }
}

/// A percentage with its two decimals, so that those of a column stand below each other.
enum PercentText {
    static func text(_ percent: Double) -> String {
        let hundredths = Int64((percent * 100).rounded())
        let decimals = String(abs(hundredths % 100))
        return "\(hundredths < 0 ? "-" : "")\(abs(hundredths / 100)).\(decimals.count < 2 ? "0" : "")\(decimals)"
    }
}

extension RecurringRevenue: Figures {
    static let resourceKind = "RecurringRevenue"

    static var columns: [Column<Charted<RecurringRevenue>>] {
        func amount(_ title: String, _ money: @escaping @Sendable (RecurringRevenue) -> Money?) -> Column<Charted<RecurringRevenue>> {
            // The currency has a column of its own.
            Column(title, alignment: .trailing) { line in
                money(line.value).map { String($0.description.prefix { $0 != " " }) }
            }
        }
        return [
            Column("from", mayShrink: false) { $0.label }, Column("currency", mayShrink: false) { $0.value.currency },
            amount("opening") { $0.opening },
            amount("new") { $0.new }, amount("expansion") { $0.expansion }, amount("reactivation") { $0.reactivation },
            amount("contraction") { $0.contraction }, amount("churn") { $0.churn }, amount("closing") { $0.closing },
            amount("arr") { $0.arr },
            amount("arpa") { $0.arpa }, Column("subscribers", alignment: .trailing) { $0.value.closingSubscribers },
            Column("churn %", alignment: .trailing) { $0.value.customerChurnPercent.map(PercentText.text) },
            Column("mrr", mayShrink: false) { $0.chart },
        ]
    }
}
