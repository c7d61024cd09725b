import Kernel
import TestSupport
import Testing

@Suite struct MoneyArithmeticTests {
    @Test(
        arguments: [
            ("1234.50 EUR", 123_450), ("19.9 EUR", 1_990), ("19 EUR", 1_900), ("0 EUR", 0), ("-0.05 USD", -5), ("500 JPY", 500),
            ("-1 KRW", -1),
            ("1.234 BHD", 1_234), ("0.005 KWD", 5), ("1.2 KWD", 1_200), ("007 EUR", 700), ("92233720368547758.07 EUR", .max),
            ("-92233720368547758.08 EUR", .min),
        ] as [(String, Int64)])
    func `an amount is read with the decimals of its currency`(text: String, amount: Int64) throws {
        let money = try Money(text: text)
        #expect(money.amount == amount)
        // What it is shown as reads as the same.
        #expect(try Money(text: money.description) == money)
    }

    @Test(arguments: [
        "", "EUR", "19.99", "19.99EUR", "EUR 19.99", "19.99  EUR", " 19.99 EUR", "19.99 EUR ", "1,234.50 EUR", "1 234.50 EUR", ".5 EUR",
        "5. EUR",
        "1.2.3 EUR", "--1 EUR", "+1 EUR", "1e3 EUR", "0x10 EUR", "NaN EUR", "- EUR", "１ EUR", "1\n EUR",
    ])
    func `what is no amount is refused`(text: String) {
        let error = #expect(throws: MoneyError.self) { try Money(text: text) }
        #expect(error?.failure.code.exit == .usage)
    }

    @Test func `currencies, decimals and sizes that there are not are named`() {
        #expect(throws: MoneyError.unknownCurrency("eur")) { try Money(text: "1 eur") }
        #expect(throws: MoneyError.unknownCurrency("XXX")) { try Money(text: "1 XXX") }
        #expect(throws: MoneyError.unknownCurrency("EURO")) { try Money(text: "1 EURO") }
        #expect(throws: MoneyError.tooPrecise("1.999 EUR", decimals: 2)) { try Money(text: "1.999 EUR") }
        #expect(throws: MoneyError.tooPrecise("1.0 JPY", decimals: 0)) { try Money(text: "1.0 JPY") }
        #expect(throws: MoneyError.tooPrecise("1.0000 KWD", decimals: 3)) { try Money(text: "1.0000 KWD") }
        for text in ["92233720368547758.08 EUR", "-92233720368547758.09 EUR", "99999999999999999999 JPY"] {
            #expect(throws: MoneyError.beyondRange) { try Money(text: text) }
        }
    }

    @Test(arguments: [
        (MoneyError.unreadable("x"), "AMOUNT_INVALID", 64), (.tooPrecise("1.0 JPY", decimals: 0), "AMOUNT_INVALID", 64),
        (.tooPrecise("1.999 EUR", decimals: 2), "AMOUNT_INVALID", 64), (.unknownCurrency("XXX"), "CURRENCY_UNKNOWN", 64),
        (.mixedCurrencies("EUR", "USD"), "CURRENCY_MISMATCH", 5), (.beyondRange, "AMOUNT_TOO_LARGE", 64),
    ])
    func `codes and exit statuses are the contract`(error: MoneyError, code: String, status: Int32) {
        #expect(error.failure.code.name == code)
        #expect(error.failure.code.exit.rawValue == status)
    }

    @Test func `currencies do not mix, and nothing wraps around`() throws {
        let one = Money(amount: 1, currency: "EUR")
        #expect(try one + Money(amount: -3, currency: "EUR") == Money(amount: -2, currency: "EUR"))
        #expect(throws: MoneyError.mixedCurrencies("EUR", "USD")) { try one + Money(amount: 0, currency: "USD") }
        #expect(throws: MoneyError.beyondRange) { try one + Money(amount: .max, currency: "EUR") }
        #expect(throws: MoneyError.beyondRange) { try Money(amount: .min, currency: "EUR").negated() }
        #expect(try Money(amount: 5, currency: "JPY").negated() == Money(amount: -5, currency: "JPY"))
    }

    /// Worked examples that others have published:
    /// halves of 10, 20 and 50 dollars: https://docs.stripe.com/billing/subscriptions/prorations,
    /// https://docs.useautumn.com/documentation/modelling-pricing/proration;
    /// 14 of 31 days of 100 euros: https://getlago.com/docs/guide/subscriptions/upgrades-downgrades;
    /// 21 of 28 days of 12 and 24 dollars: https://changelog.baremetrics.com/api---proration-charge-fixes-ymQbm.
    @Test(arguments: [
        ("10 USD", 15, 30, "5.00 USD"), ("20 USD", 15, 30, "10.00 USD"), ("50 USD", 15, 30, "25.00 USD"), ("100 EUR", 14, 31, "45.16 EUR"),
        ("12 USD", 21, 28, "9.00 USD"), ("24 USD", 21, 28, "18.00 USD"),
    ])
    func `a share is what billing engineers publish as right`(price: String, days: Int, of all: Int, share: String) throws {
        #expect(try Money(text: price).prorated(days, of: all).description == share)
    }

    @Test(arguments: [
        // A half goes up, and what is a little less does not: in currencies of 2, 0 and 3 decimals.
        ("0.01 EUR", 1, 2, "0.01 EUR"), ("0.03 EUR", 1, 2, "0.02 EUR"), ("0.05 EUR", 1, 2, "0.03 EUR"), ("0.01 EUR", 14, 29, "0.00 EUR"),
        ("0.01 EUR", 15, 30, "0.01 EUR"), ("0.01 EUR", 15, 31, "0.00 EUR"), ("0.01 EUR", 16, 31, "0.01 EUR"), ("1 JPY", 1, 2, "1 JPY"),
        ("1000 JPY", 1, 3, "333 JPY"), ("2000 JPY", 1, 3, "667 JPY"), ("0.001 KWD", 1, 2, "0.001 KWD"), ("9.999 KWD", 17, 31, "5.483 KWD"),
        ("19.99 EUR", 0, 31, "0.00 EUR"), ("19.99 EUR", 31, 31, "19.99 EUR"), ("0 EUR", 7, 31, "0.00 EUR"),
        ("-0.05 EUR", 1, 2, "-0.03 EUR"),
        ("92233720368547758.07 EUR", 365, 366, "91981715668087245.07 EUR"),
        ("92233720368547758.07 EUR", 366, 366, "92233720368547758.07 EUR"),
        ("-92233720368547758.08 EUR", 1, 1, "-92233720368547758.08 EUR"),
    ])
    func `a share is rounded half up to the minor unit`(price: String, days: Int, of all: Int, share: String) throws {
        #expect(try Money(text: price).prorated(days, of: all).description == share)
    }

    @Test func `the two parts of an amount differ from it by a minor unit at most`() {
        var random = SeededGenerator(seed: 20_261_126)
        for _ in 0..<10_000 {
            let money = Money(amount: .random(in: -1_000_000...1_000_000, using: &random), currency: "EUR")
            let all = Int.random(in: 1...366, using: &random)
            let part = Int.random(in: 0...all, using: &random)
            let sum = money.prorated(part, of: all).amount + money.prorated(all - part, of: all).amount
            #expect(abs(sum - money.amount) <= 1, "\(money) \(part)/\(all)")
        }
    }
}
