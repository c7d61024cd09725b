import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Organization

@Suite(.databases("organization")) struct OrganizationListTests {
    @Test func `an organization is found by id and by slug`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        try await database.create("beta")
        for reference in [acme.id.text, acme.id.uuidString, "acme"] { #expect(try await database.organization(reference) == acme) }
    }

    @Test func `what is not there is named as it was asked for`() async throws {
        let database = try await connect()
        try await database.create("acme")
        for reference in [UUID.numbered(1).text, "beta", "ACME", "acm%", "a*", "", " acme", "acme\u{0}", "' or true --"] {
            await #expect(throws: OrganizationError.organizationNotFound(reference)) { try await database.organization(reference) }
        }
    }

    @Test func `a pattern matches as in a shell`() async throws {
        let database = try await connect()
        for slug in ["acme", "acme-1", "acme-22", "beta", "ace"] { try await database.create(slug) }
        for (glob, slugs) in [
            ("acme*", ["acme", "acme-1", "acme-22"]), ("*", ["ace", "acme", "acme-1", "acme-22", "beta"]), ("acme", ["acme"]),
            ("ac?e", ["acme"]),
            ("?????", []), ("????", ["acme", "beta"]), ("*e*", ["ace", "acme", "acme-1", "acme-22", "beta"]), ("a*-?", ["acme-1"]),
            ("", []), ("ACME", []), ("acm", []),
            // What SQL's own patterns mean by these is not what a shell means.
            ("acm%", []), ("acm_", []), ("%", []), ("____", []), ("acme\\*", []), ("\\", []), ("acme\\", []), ("[a]cme", []),
        ] {
            #expect(try await database.slugs(matching: glob) == slugs, "\(glob)")
        }
    }

    @Test(arguments: [
        ("a*b?c", "a%b_c"), ("100%", "100\\%"), ("a_b", "a\\_b"), ("a\\b", "a\\\\b"), ("", ""), ("*?", "%_"),
        // A combining mark does not hide what it stands on.
        ("a%\u{301}", "a\\%\u{301}"), ("*\u{301}", "%\u{301}"),
    ])
    func `a shell's pattern becomes one of SQL's`(glob: String, pattern: String) {
        #expect(OrganizationService.likePattern(fromGlob: glob).unicodeScalars.elementsEqual(pattern.unicodeScalars))
    }

    @Test func `pages neither overlap nor leave out, in one instant and under a pattern too`() async throws {
        let database = try await connect()
        let start = OperationContext.ofTest().now
        for number in 0..<11 {
            // Two of three at one instant.
            let second = number.isMultiple(of: 3) ? number : 4
            try await database.create(number < 9 ? "org-\(number)" : "other-\(number)", .ofTest(at: start.advanced(by: .seconds(second))))
        }
        for glob in [nil, "org-*"] {
            let expected = try await database.fetch(
                "select id from organizations where \(glob)::text is null or slug like 'org%' order by created_at desc, id desc",
                as: UUID.self)
            for limit in [1, 2, 3, 8, 9, 11, 12] {
                let pages = try await pages { cursor in
                    try await database.session { try OrganizationService.list(before: cursor, matching: glob, limit: limit, in: $0) }
                }
                #expect(pages.flatMap(\.self).map(\.id) == expected)
                #expect(pages.dropLast().allSatisfy { $0.count == limit })
            }
        }
    }
}
