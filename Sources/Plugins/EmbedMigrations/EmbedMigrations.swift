import FoundationEssentials
import PackagePlugin

/// Puts every file below `migrations/` of the package into one generated Swift file of the target that uses the plugin.
///
/// `swift build` asks a plugin again only when a source folder of the package has changed, and `migrations/` is none. So the target that
/// uses the plugin has a hidden symbolic link to it (`.migrations`), which SwiftPM ignores when it looks for sources and follows when it
/// looks for changes: a new file is seen at once, and from then on is an input of its own.
@main
struct EmbedMigrations: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let root = context.package.directoryURL.appending(path: "migrations")
        let output = context.pluginWorkDirectoryURL.appending(path: "MigrationSet+Embedded.swift")
        return [
            .buildCommand(
                displayName: "Embedding migrations",
                executable: try context.tool(named: "embed-migrations").url,
                arguments: [root.path, output.path],
                inputFiles: try inputs(below: root),
                outputFiles: [output])
        ]
    }

    /// The folders too, so that a file that goes is noticed. A missing root is left to the tool, which says so.
    private func inputs(below root: URL) throws -> [URL] {
        let files = FileManager.default
        guard files.fileExists(atPath: root.path) else { return [] }
        return [root] + (try files.subpathsOfDirectory(atPath: root.path).sorted().map { root.appending(path: $0) })
    }
}
