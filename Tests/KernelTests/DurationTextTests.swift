import Kernel
import Testing

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("30s", .seconds(30)), ("5m", .seconds(300)), ("2h", .seconds(7_200)),
        ("1d", .seconds(86_400)),
        ("1h30m", .seconds(5_400)),
    ])
    func readsDurations(_ text: String, _ expected: Duration) {
        #expect(Duration(text: text) == expected)
    }

    @Test(arguments: ["", "5", "s", "0s", "-5s", "5 s", "5x", "1.5s", "99999999999999999999s", "999999999999d", "5m3"])
    func refusesWhatIsNoDuration(_ text: String) {
        #expect(Duration(text: text) == nil)
    }
}
