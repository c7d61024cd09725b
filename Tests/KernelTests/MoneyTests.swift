import Kernel
import Testing

@Suite struct MoneyTests {
    @Test(arguments: [
        (1_999, "EUR", "19.99 EUR"), (-5, "USD", "-0.05 USD"), (0, "EUR", "0.00 EUR"), (100, "EUR", "1.00 EUR"), (7, "EUR", "0.07 EUR"),
        (500, "JPY", "500 JPY"), (-500, "JPY", "-500 JPY"), (0, "KRW", "0 KRW"), (1_234, "BHD", "1.234 BHD"), (5, "KWD", "0.005 KWD"),
        (12_345, "CLF", "1.2345 CLF"), (1, "XXX", "0.01 XXX"),
        (.max, "EUR", "92233720368547758.07 EUR"), (.min, "EUR", "-92233720368547758.08 EUR"),
    ])
    func `shows as many decimals as ISO 4217 gives the currency`(amount: Int64, currency: String, text: String) {
        #expect(Money(amount: amount, currency: currency).description == text)
    }

    @Test func `in JSON the amount is an integer`() throws {
        let price = Money(amount: 1_999, currency: "EUR")
        #expect(try JSONCoding.encode(price) == #"{"amount":1999,"currency":"EUR"}"#)
        #expect(try JSONCoding.decode(Money.self, from: #"{"currency":"EUR","amount":1999}"#) == price)
        #expect(throws: UnreadableJSON.self) { try JSONCoding.decode(Money.self, from: #"{"amount":19.99,"currency":"EUR"}"#) }
    }
}
