import FoundationEssentials
import SaasctlApp
import Testing

@Suite struct RepositoryFilesTests {
    @Test func `completions and manual pages are those of the command tree`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let differences = try GeneratedFiles.differences(root: RootCommand.self, in: root.path)
        #expect(differences.isEmpty, "run: make generate")
    }
}
