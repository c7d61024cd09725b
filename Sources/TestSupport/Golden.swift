import FoundationEssentials
public import Testing

/// Texts that users see, compared with committed files.
public enum Golden {
    /// Compares a text with `Snapshots/<name>` in the folder of the test's file.
    ///
    /// With `SAASCTL_RECORD_SNAPSHOTS=1` it writes the file instead; look at the difference before committing it.
    public static func expect(
        _ actual: String, matches name: String, file: String = #filePath, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try expect(
            actual, matches: name, in: URL(filePath: file).deletingLastPathComponent().appending(path: "Snapshots"),
            records: ProcessVariables["SAASCTL_RECORD_SNAPSHOTS"] == "1", sourceLocation: sourceLocation)
    }

    /// Compares a text with a file of the repository that tests write: `docs/data-ownership-matrix.md`. Recorded in the same way.
    public static func expect(_ actual: String, isDocument path: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        try expect(
            actual, matches: path, in: root, records: ProcessVariables["SAASCTL_RECORD_SNAPSHOTS"] == "1", sourceLocation: sourceLocation)
    }

    static func expect(_ actual: String, matches name: String, in folder: URL, records: Bool, sourceLocation: SourceLocation) throws {
        let target = folder.appending(path: name)
        if records {
            try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(actual.utf8).write(to: target)
            return
        }
        let wayOn = "record it with SAASCTL_RECORD_SNAPSHOTS=1 and look at the difference"
        guard FileManager.default.fileExists(atPath: target.path) else {
            Issue.record("there is no snapshot \"\(name)\"; \(wayOn)", sourceLocation: sourceLocation)
            return
        }
        let expected = String(decoding: try Data(contentsOf: target), as: UTF8.self)
        guard actual != expected else { return }
        Issue.record("\"\(name)\" differs: \(difference(expected, actual)); if that is meant, \(wayOn)", sourceLocation: sourceLocation)
    }

    /// The first line that differs, as both sides have it.
    static func difference(_ expected: String, _ actual: String) -> String {
        let before = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let after = actual.split(separator: "\n", omittingEmptySubsequences: false)
        let line = zip(before, after).prefix { $0 == $1 }.count
        func shown(_ lines: [Substring]) -> String { line < lines.count ? "\"\(lines[line])\"" : "the end" }
        return "line \(line + 1) is \(shown(after)), expected \(shown(before))"
    }
}
