import FoundationEssentials
import TestSupport
import Testing

/// The stories of docs/tour, told by the program itself. What they say is compared with what they said; ids, times of day, keys, roots and folders differ each time.
@Suite struct TourTests {
    @Test(.hangLimit, arguments: ["people", "customer"]) func `a tour says what it said`(_ name: String) async throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/tour/\(name)").standardized
        let told = try await withCommandLine { cli in
            try await cli.shell("SAASCTL=saasctl '\(script.path)'", variables: ["TMPDIR": cli.scratch.file(".")], limit: .seconds(600))
        }
        #expect(told.status == 0, "\(told)")
        #expect(told.stderr.isEmpty)
        try Golden.expect(Self.masked(told.stdout), matches: "tour-\(name).txt")
    }

    /// Runs of blanks too: how wide a column is depends on how many digits a time has.
    private static func masked(_ text: String) -> String {
        text.replacing(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, with: "<id>")
            .replacing(/T[0-9]{2}:[0-9:.]+Z/, with: "T<time>")
            .replacing(/[^ \n]*saasctl-tour\.[A-Za-z0-9]+/, with: "<folder>")
            .replacing(/[0-9a-f]{64}/, with: "<root>")
            .replacing(/saasctl\/audit\+[^ \n]+/, with: "<key>")
            .replacing(/leaf: +[0-9]+/, with: "leaf:  <number>")
            .replacing(#/ {2,}/#, with: "  ")
            .replacing(#/ +\n/#, with: "\n")
    }
}
