import Analytics
import CommandKit
import Testing

@testable import AnalyticsCommands

@Suite struct ChartTests {
    @Test func `bars are as long as the numbers, and what is more than nothing shows`() {
        #expect(Chart(width: 8, isUnicode: true).bars([0, 1, 50, 100, 1_000]) == ["", "▏", "▍", "▊", "████████"])
        #expect(Chart(width: 8, isUnicode: false).bars([0, 1, 500, 1_000]) == ["", "#", "####", "########"])
        #expect(Chart(width: 8, isUnicode: true).bars([0, -5]) == ["", ""])
        #expect(Chart(width: 8, isUnicode: true).bars([.max, .max / 2]) == ["████████", "███▉"])
        #expect(Chart(width: 8, isUnicode: true).bars([]).isEmpty)
    }

    @Test func `without room nothing is drawn`() {
        #expect(Chart(width: 0, isUnicode: true).bars([0, 5]) == ["", ""] && Chart(width: 0, isUnicode: true).sparkline([1, 2]).isEmpty)
    }

    @Test func `a sparkline fits, with neighbours added up`() {
        #expect(Chart(width: 8, isUnicode: true).sparkline([0, 1, 7, 4]) == "▁▂█▅")
        #expect(Chart(width: 8, isUnicode: false).sparkline([0, 1, 7, 4]) == "_.@+")
        #expect(Chart(width: 4, isUnicode: true).sparkline([1, 1, 0, 0, 3, 4]) == "▃▁█")
        #expect(Chart(width: 4, isUnicode: true).sparkline([0, 0]) == "▁▁")
        for count in 1...100 { #expect(Chart(width: 30, isUnicode: true).sparkline(Array(repeating: 1, count: count)).count <= 30) }
    }

    @Test func `no two columns of a table have one name`() {
        func check<Value: Figures>(_ figures: Value.Type) {
            let titles = Value.columns.map(\.title)
            #expect(Set(titles).count == titles.count, "\(titles)")
        }
        check(RecurringRevenue.self)
        check(TaskFigures.self)
        check(UsageFigures.self)
    }

    @Test func `a time is said by its two largest units`() {
        #expect([0, 59, 60, 3_599, 90_000, 86_400].map(ShortTime.text) == ["0s", "59s", "1m", "59m 59s", "1d 1h", "1d"])
    }
}
