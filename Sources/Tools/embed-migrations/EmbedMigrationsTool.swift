import FoundationEssentials
import MigrationFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// `embed-migrations <folder> <output.swift>`: checks the migrations of a folder and writes them as a Swift table.
@main
struct EmbedMigrationsTool {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 2, let folder = arguments.first, let output = arguments.last else {
            fail("usage: embed-migrations <folder> <output.swift>")
        }
        do {
            let migrations = try MigrationFile.ordered(MigrationFolder(folder).read())
            let source = GeneratedSource.table(of: migrations)
            // An unchanged file keeps its time, so that nothing that depends on it is built again.
            if FileManager.default.contents(atPath: output) != source {
                try source.write(to: URL(filePath: output), options: .atomic)
            }
        } catch let error as MigrationFileError {
            // Compilers name the whole path; the error knows it from the package root.
            let root = URL(filePath: folder).deletingLastPathComponent().path
            fail(root + "/" + error.description)
        } catch {
            fail("\(folder):1: error: \(error)")
        }
    }

    private static func fail(_ message: String) -> Never {
        var line = message + "\n"
        _ = line.withUTF8 { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        exit(1)
    }
}
