import Identity
import Testing

@Suite struct PersonNameTests {
    @Test(arguments: ["A", "Ada Lovelace", "Ærøskøbing", "山田 太郎", "O'Hara \"Bob\"", String(repeating: "x", count: 200)])
    func `a name is one line of any script`(text: String) throws {
        #expect(try PersonName(text).text == text)
    }

    @Test func `blanks at the ends are not part of it`() throws {
        #expect(try PersonName("  Ada Lovelace\u{A0}\n").text == "Ada Lovelace")
        #expect(try PersonName(" " + String(repeating: "x", count: 200)).text.count == 200)
    }

    @Test func `anything else is refused`() {
        for text in ["", "   ", "Ada\nLovelace", "Ada\tLovelace", "\u{1B}[31mAda", "a\u{0}", String(repeating: "x", count: 201)] {
            #expect(throws: IdentityError.invalidName(text)) { try PersonName(text) }
        }
    }
}
