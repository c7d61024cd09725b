import FoundationEssentials
import MigrationFiles

/// The folder `migrations/`, with one folder for each component and a read-me here and there, and nothing else.
struct MigrationFolder {
    private let root: String

    init(_ root: String) {
        self.root = root
    }

    /// - Throws: ``MigrationFileError``, or what the file system says.
    func read() throws -> [MigrationFile] {
        guard isFolder(root) else { throw MigrationFileError("migrations", .noFolder) }
        return try entries(of: root).flatMap { component in
            guard isFolder("\(root)/\(component)") else { throw MigrationFileError("migrations/\(component)", .strayFile) }
            return try entries(of: "\(root)/\(component)").map { try file($0, component) }
        }
    }

    private func file(_ name: String, _ component: String) throws -> MigrationFile {
        let bytes = try Data(contentsOf: URL(filePath: "\(root)/\(component)/\(name)"))
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw MigrationFileError("migrations/\(component)/\(name)", .notUTF8)
        }
        return try MigrationFile(component: component, fileName: name, text: text)
    }

    /// Hidden files are an editor's or a system's, and no business of a build.
    private func entries(of folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") && $0 != "README.md" }.sorted()
    }

    private func isFolder(_ path: String) -> Bool {
        var isDirectory = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory
    }
}
