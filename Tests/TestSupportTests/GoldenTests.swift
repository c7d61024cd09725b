import FoundationEssentials
import Testing

@testable import TestSupport

@Suite struct GoldenTests {
    @Test func `records, accepts what is the same and refuses what is not`() async throws {
        try await withScratchFolder { scratch in
            let folder = URL(filePath: scratch.file("Snapshots"))
            func expect(_ text: String, records: Bool = false) throws {
                try Golden.expect(text, matches: "help/org.txt", in: folder, records: records, sourceLocation: #_sourceLocation)
            }
            try withKnownIssue {
                try expect("a\nb\n")
            } matching: {
                $0.description.contains("there is no snapshot")
            }
            try expect("a\nb\n", records: true)
            #expect(try scratch.read("Snapshots/help/org.txt") == "a\nb\n")
            try expect("a\nb\n")
            try withKnownIssue {
                try expect("a\nc\n")
            } matching: {
                $0.description.contains("line 2 is \"c\", expected \"b\"")
            }
            try withKnownIssue {
                try expect("a\nb")
            } matching: {
                $0.description.contains("line 3 is the end")
            }
        }
    }
}
