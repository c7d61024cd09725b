import FoundationEssentials
import LineEditor
import Testing

@Suite struct HistoryTests {
    /// A folder for one test, removed at its end.
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "saasctl-history-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func onlyItsOwnerMayReadTheFile() throws {
        try withFolder { (folder) throws in
            let file = HistoryFile(path: folder + "/history")
            #expect(try file.load() == [])
            try file.append("org list")
            let mode = try FileManager.default.attributesOfItem(atPath: folder + "/history")[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func aFileThatOthersMightReadIsClosedToThem() throws {
        try withFolder { (folder) throws in
            let path = folder + "/history"
            _ = FileManager.default.createFile(atPath: path, contents: Data("old\n".utf8), attributes: [.posixPermissions: 0o644])
            #expect(try HistoryFile(path: path).load() == ["old"])
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func twoSessionsDoNotEraseEachOther() throws {
        try withFolder { (folder) throws in
            let one = HistoryFile(path: folder + "/history")
            let two = HistoryFile(path: folder + "/history")
            _ = try (one.load(), two.load())
            try one.append("from one")
            try two.append("from two")
            try one.append("from one again")
            #expect(try two.load() == ["from one", "from two", "from one again"])
        }
    }

    @Test func aFileThatGrowsTooLongIsCut() throws {
        try withFolder { (folder) throws in
            let file = HistoryFile(path: folder + "/history", limit: 3)
            for number in 1...7 { try file.append("line \(number)") }
            #expect(try file.load() == ["line 5", "line 6", "line 7"])
            let text = String(decoding: try Data(contentsOf: URL(filePath: folder + "/history")), as: UTF8.self)
            #expect(text == "line 5\nline 6\nline 7\n")
        }
    }

    @Test func aFolderThatIsNotThereIsReported() {
        #expect(throws: LineEditorError.self) { try HistoryFile(path: "/nonexistent/history").append("x") }
    }

    @Test(arguments: [
        "", " org list", "\torg list", "identity session login ada --password x", "x --new-password=y", "invite accept --token abc",
        "mfa verify --otp 123456",
        "token validate eyJhbGciOiJ.eyJzdWIiOiIx.abc", "db init postgres://u:secret@host/db", "db init 'postgres://u:secret@host/db'",
        "x password=secret",
        "mfa --recovery-code x", "sub --API-KEY x",
    ])
    func linesThatHoldSecretsOrBeginWithASpaceAreNotStored(_ line: String) {
        #expect(!HistoryPolicy.mayStore(line))
    }

    @Test(arguments: [
        "org list", "identity user get ada@example.org", "webhook add https://example.org/a@b:c", "org create x --idempotency-key k",
        "identity user register ada --password-file ada.txt",
    ])
    func otherLinesAre(_ line: String) {
        #expect(HistoryPolicy.mayStore(line))
    }
}
