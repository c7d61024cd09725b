import ArgumentParser
import Foundation
import Testing

/// What documents say that can be held against the program.
@Suite struct DocumentTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func quoted(_ pattern: Regex<(Substring, Substring)>, in document: String) throws -> Set<String> {
        let text = try String(contentsOf: Self.root.appending(path: "docs/\(document)"), encoding: .utf8)
        return Set(text.matches(of: pattern).map { String($0.output.1) })
    }

    @Test func `the capability map names every command of the services, and none that there is not`() throws {
        let named = try quoted(#/`([a-z]+(?: [a-z]+)+)`/#, in: "capability-map.md")
        let shown = TreeNode.all.filter { $0.isLeaf && $0.command.configuration.shouldDisplay }.map { $0.words }
        #expect(named.isSubset(of: Set(shown.map { $0.joined(separator: " ") })))
        let services = ["identity", "org", "billing", "workflow", "notification", "audit", "analytics", "saga"]
        let theirs = Set(shown.filter { services.contains($0[0]) }.map { $0.joined(separator: " ") })
        #expect(theirs.isSubset(of: named), "\(theirs.subtracting(named))")
    }

    @Test func `the suites that the analysis of failures names are there`() throws {
        let named = try quoted(#/`([A-Za-z]+Tests)`/#, in: "failure-mode-analysis.md")
        let files = FileManager.default.enumerator(at: Self.root.appending(path: "Tests"), includingPropertiesForKeys: nil)
        let sources = try (files?.allObjects ?? []).compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
            .map { try String(contentsOf: $0, encoding: .utf8) }
        #expect(named.count > 30)
        for suite in named { #expect(sources.contains { $0.contains("struct \(suite) {") }, "\(suite)") }
    }
}
