import Organization
import Testing

@Suite struct SlugTests {
    @Test(arguments: ["ab", "a1", "42", "acme", "acme-gmbh", "a-b-c-d", "0-0", "xn-x", String(repeating: "a", count: 63)])
    func `lower-case letters, digits and single hyphens between them`(text: String) throws {
        #expect(try Slug(text).text == text)
    }

    private static let refused = [
        "", "a", "-", "--", "-a", "a-", "a--b", "-ab", "ab-", "Acme", "aCme", "acme gmbh", " acme", "acme ", "acme\n", "acme.org",
        "acme_gmbh",
        "acmé", "acme\u{301}", "ａｃｍｅ", "а\u{441}me", "漢字", "ac/me", "..", "a%b", "*", "acme\u{0}", "١٢", String(repeating: "a", count: 64),
        // An id where a slug is asked for could be anybody's.
        "019cece3-51c7-7000-8000-000000000001",
    ]

    @Test func `anything else is refused`() {
        for text in Self.refused { #expect(throws: OrganizationError.invalidSlug(text)) { try Slug(text) } }
    }
}

@Suite struct OrganizationNameTests {
    @Test(arguments: ["A", "Acme GmbH", "株式会社アクメ", "\u{1F680} Rockets", "Å & Ø", String(repeating: "é", count: 200)])
    func `a name is one line of any script`(text: String) throws {
        #expect(try OrganizationName(text).text == text)
    }

    @Test func `blanks at the ends are not part of it`() throws {
        #expect(try OrganizationName("  Acme GmbH\u{A0}").text == "Acme GmbH")
    }

    @Test func `anything else is refused`() {
        for text in ["", "  ", "Acme\nGmbH", "Acme\u{2028}GmbH", "\u{1B}]0;x", "a\u{0}", String(repeating: "x", count: 201)] {
            #expect(throws: OrganizationError.invalidName(text)) { try OrganizationName(text) }
        }
    }
}
