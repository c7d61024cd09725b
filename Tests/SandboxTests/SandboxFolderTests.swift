import Glibc
import PostgresServer
import Sandbox
import SystemPackage
import TestSupport
import Testing

@testable import Sandbox

@Suite struct SandboxFolderTests {
    @Test func `an ordinary user's lies in the state folder`() throws {
        func locate(_ environment: [String: String]) throws -> String {
            try SandboxFolder.locate(environment: environment, isRoot: false).path.string
        }
        #expect(try locate(["HOME": "/home/ada"]) == "/home/ada/.local/state/saasctl/sandbox")
        #expect(try locate(["HOME": "/home/ada", "XDG_STATE_HOME": "/s"]) == "/s/saasctl/sandbox")
        #expect(try locate(["HOME": "/home/ada", "XDG_STATE_HOME": "relative"]) == "/home/ada/.local/state/saasctl/sandbox")
        #expect(try locate(["HOME": "/home/ada", "XDG_STATE_HOME": "/s", "SAASCTL_SANDBOX_DIR": "/d"]) == "/d")
        #expect(throws: SandboxError.noHome) { try locate([:]) }
        #expect(throws: SandboxError.relativeFolder("d")) { try locate(["HOME": "/home/ada", "SAASCTL_SANDBOX_DIR": "d"]) }
    }

    @Test func `root's lies where the server's account can reach it`() async throws {
        try await withScratchFolder { scratch in
            func locate(_ environment: [String: String]) throws -> String {
                try SandboxFolder.locate(environment: environment.merging(["HOME": "/root"]) { $1 }, isRoot: true).path.string
            }
            // Another account than our own is needed to be kept out.
            guard geteuid() == 0 else { return }
            try scratch.makeFolder("open")
            try scratch.makeFolder("closed", mode: 0o700)
            #expect(try locate([:]) == "/var/lib/saasctl/sandbox")
            #expect(try locate(["XDG_STATE_HOME": scratch.file("open")]) == scratch.file("open/saasctl/sandbox"))
            #expect(try locate(["XDG_STATE_HOME": scratch.file("closed")]) == "/var/lib/saasctl/sandbox")
            #expect(try locate(["SAASCTL_SANDBOX_DIR": scratch.file("closed/x")]) == scratch.file("closed/x"))
        }
    }
}
