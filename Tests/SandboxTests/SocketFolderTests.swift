import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import PostgresServer

@Suite struct SocketFolderTests {
    private let own = ServerAccount(name: "me", userID: geteuid(), groupID: getegid())
    private let other = ServerAccount(name: "postgres", userID: geteuid() + 1, groupID: getegid())
    /// The longest folder in which a socket fits: 107 bytes less `/.s.PGSQL.5432`.
    private let longest = FilePath("/" + String(repeating: "x", count: 92))

    @Test func `a folder in which the socket fits is taken as it is`() {
        #expect(SocketFolder.longestPath == 107)
        for folder in ["/run/it", longest] {
            #expect(SocketFolder.choose(preferred: folder, account: own, environment: [:]) == folder)
        }
    }

    @Test func `one byte more, or a comma, and it lies elsewhere, always at the same place`() {
        let tooLong = FilePath(longest.string + "x")
        var chosen: Set<FilePath> = []
        for folder in [tooLong, FilePath(longest.string + "y"), "/a,b"] {
            let fallback = SocketFolder.choose(preferred: folder, account: own, environment: [:])
            #expect(fallback.string.hasPrefix("/tmp/saasctl-\(own.userID)-"))
            #expect(fallback == SocketFolder.choose(preferred: folder, account: own, environment: [:]))
            chosen.insert(fallback)
        }
        #expect(chosen.count == 3)
    }

    @Test func `an ordinary user's own runtime folder comes before /tmp`() async throws {
        try await withScratchFolder { scratch in
            let tooLong = FilePath(longest.string + "x")
            func choose(_ account: ServerAccount, _ runtime: String) -> String {
                SocketFolder.choose(preferred: tooLong, account: account, environment: ["XDG_RUNTIME_DIR": runtime]).string
            }
            #expect(choose(own, scratch.description).hasPrefix("\(scratch)/saasctl-"))
            #expect(choose(other, scratch.description).hasPrefix("/tmp/saasctl-\(other.userID)-"), "closed to another account")
            for runtime in ["relative", "/does/not/exist", longest.string] { #expect(choose(own, runtime).hasPrefix("/tmp/saasctl-")) }
        }
    }
}
