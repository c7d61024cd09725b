import FoundationEssentials
import SaasctlApp
import Testing

@Suite struct RepositoryFilesTests {
    @Test func `what is generated is that of the command tree and of the events`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let differences = try GeneratedFiles.differences(root: RootCommand.self, in: root.path)
        #expect(differences.isEmpty, "run: make generate")
    }
}
