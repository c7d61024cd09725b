public import ArgumentParser
import CommandKit
import FoundationEssentials

/// Everything in `completions/` and `man/`, made from the command tree, and the documents about events, made from their types: committed, compared
/// by a test, never edited.
public enum GeneratedFiles {
    private static let folders = ["completions", "man", EventDocuments.folder]

    /// - Parameter folder: the root of the repository, where the meaning of events is read from the sources.
    /// - Returns: the text of each file, by its path from there.
    /// - Throws: `DecodingError` where ArgumentParser describes the tree in a way that is not understood, `ShapelessType`.
    public static func all(root: any ParsableCommand.Type, in folder: String) throws -> [String: String] {
        try commandFiles(root: root).merging(EventDocuments(modules: Registry.modules, folder: folder).files()) { $1 }
    }

    /// Those that are made from the command tree.
    static func commandFiles(root: any ParsableCommand.Type) throws -> [String: String] {
        let tree = try CommandDescription(of: root)
        let name = tree.commandName
        var files: [String: String] = [:]
        for shell in CompletionShell.allCases {
            files["completions/\(completionFile(for: shell, program: name))"] = try CompletionScript.text(root: root, shell: shell)
        }
        for page in try ManualPages(tree: tree).all() {
            files["man/\(page.name).1"] = page.text
        }
        return files
    }

    /// Compares the files in a folder with what the tree and the types say now.
    ///
    /// - Returns: the paths that are missing, differ, or belong to nothing any more; sorted.
    public static func differences(root: any ParsableCommand.Type, in folder: String) throws -> [String] {
        let expected = try all(root: root, in: folder)
        let present = try Set(folders.flatMap { try paths(in: $0, of: folder) } + [EventDocuments.page].filter { isFile($0, of: folder) })
        let stale = present.subtracting(expected.keys)
        let changed = try expected.filter { path, text in
            guard present.contains(path) else { return true }
            return try String(contentsOf: URL(filePath: "\(folder)/\(path)"), encoding: .utf8) != text
        }
        return (Array(stale) + changed.map(\.key)).sorted()
    }

    /// Writes all files into a folder and removes those that belong to nothing any more.
    ///
    /// - Returns: the paths that were changed; sorted.
    public static func write(root: any ParsableCommand.Type, to folder: String) throws -> [String] {
        let files = try all(root: root, in: folder)
        let differences = try differences(root: root, in: folder)
        for path in differences {
            let url = URL(filePath: "\(folder)/\(path)")
            if let text = files[path] {
                try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try text.write(to: url, atomically: true, encoding: .utf8)
            } else {
                try FileManager.default.removeItem(at: url)
            }
        }
        return differences
    }

    private static func paths(in subfolder: String, of folder: String) throws -> [String] {
        let path = "\(folder)/\(subfolder)"
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: path).map { "\(subfolder)/\($0)" }.filter { isFile($0, of: folder) }
    }

    private static func isFile(_ path: String, of folder: String) -> Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isFolder) && !isFolder
    }

    /// The names under which the shells look for the completion of a program.
    private static func completionFile(for shell: CompletionShell, program: String) -> String {
        switch shell {
        case .zsh: "_\(program)"
        default: "\(program).\(shell.rawValue)"
        }
    }
}
