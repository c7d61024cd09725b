import Glibc
import Kernel
import PostgresServer
import SystemPackage
import TestSupport
import Testing

@testable import PostgresServer

@Suite struct PostgresInstallationTests {
    private let environment = ["PATH": "/usr/bin:/bin"]

    @Test func `finds a version that is new enough, with its programs`() async throws {
        let installation = try await PostgresInstallation.find(environment: environment)
        #expect(installation.major >= PostgresInstallation.oldestMajor)
        #expect(try Files.exists(installation.program("initdb")))
    }

    @Test func `nothing installed is a matter of configuration and says what to install`() async throws {
        try await withScratchFolder { scratch in
            let folder = scratch.path
            let error = await #expect(throws: ServerError.self) {
                try await PostgresInstallation.find(environment: ["PATH": folder.string], places: [folder.appending("*").appending("bin")])
            }
            let failure = try #require(error).failure
            #expect(failure.code.exit == .configuration)
            #expect(failure.message == "no PostgreSQL 13 or newer was found on this machine")
            #expect(failure.hint?.contains("install") == true)
            #expect(failure.details.contains { $0.contains(folder.string) })
        }
    }

    @Test func `the newest of several wins, and a broken one is passed over`() async throws {
        try await withScratchFolder { scratch in
            let folder = scratch.path
            for (major, works) in [("9", true), ("14", true), ("16", true), ("18", false)] {
                try fakeInstallation(in: folder.appending(major).appending("bin"), version: major, works: works)
            }
            let places = [folder.appending("*").appending("bin")]
            let newest = try await PostgresInstallation.find(environment: [:], places: places)
            #expect(newest == PostgresInstallation(binaries: folder.appending("16").appending("bin"), major: 16))
            let wanted = try await PostgresInstallation.find(environment: [:], major: 14, places: places)
            #expect(wanted.major == 14)
        }
    }

    @Test func `data of a version that is gone name the version`() async throws {
        try await withScratchFolder { scratch in
            let folder = scratch.path
            try fakeInstallation(in: folder.appending("16"), version: "16")
            let error = await #expect(throws: ServerError.self) {
                try await PostgresInstallation.find(environment: [:], major: 13, of: "/data", places: [folder.appending("16")])
            }
            #expect(error?.failure.message == "the data in \"/data\" were made by PostgreSQL 13, which is not installed")
            #expect(error?.failure.code.exit == .configuration)
        }
    }

    @Test func `only versions that are too old count as none`() async throws {
        try await withScratchFolder { scratch in
            let folder = scratch.path
            try fakeInstallation(in: folder, version: "12.9")
            await #expect(throws: ServerError.self) { try await PostgresInstallation.find(environment: [:], places: [folder]) }
        }
    }

    @Test func `SAASCTL_PG_BINDIR alone counts when it is set`() async throws {
        try await withScratchFolder { scratch in
            let folder = scratch.path
            let named = ["SAASCTL_PG_BINDIR": folder.string, "PATH": "/usr/bin"]
            let error = await #expect(throws: ServerError.self) { try await PostgresInstallation.find(environment: named) }
            #expect(error?.failure.code.exit == .configuration)
            #expect(error?.failure.message.contains(folder.string) == true)
            try fakeInstallation(in: folder, version: "14.2")
            #expect(try await PostgresInstallation.find(environment: named).major == 14)
        }
    }

    @Test func `a search that is cancelled does not say that nothing is installed`() async {
        for environment in [environment, ["SAASCTL_PG_BINDIR": "/usr/bin"]] {
            let search = Task { try await PostgresInstallation.find(environment: environment) }
            search.cancel()
            await #expect(throws: CancellationError.self) { try await search.value }
        }
    }

    @Test func `folders that may not be entered are passed over`() async throws {
        guard geteuid() != 0 else { return }
        let environment = ["PATH": "/root/bin:/usr/bin:/bin"]
        let installation = try await PostgresInstallation.find(
            environment: environment, places: ["/root/*/bin"] + PostgresInstallation.usualPlaces)
        #expect(installation.major >= PostgresInstallation.oldestMajor)
    }

    @Test(arguments: [
        ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", 15), ("postgres (PostgreSQL) 17beta1", 17),
        ("postgres (PostgreSQL) 9.6.24", 9),
        ("nonsense", nil),
    ])
    func `reads the version line`(line: String, major: Int?) {
        #expect(PostgresInstallation.major(ofVersionLine: line) == major)
    }

    @Test(arguments: [
        ("ID=debian\n", "apt-get"), ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", "dnf"), ("NAME=x\nID=arch", "pacman"),
        ("ID=unheard-of", "package manager"),
    ])
    func `the hint speaks the system's own package manager`(osRelease: String, expected: String) {
        #expect(InstallHint.text(osRelease: osRelease).contains(expected))
    }

    private func fakeInstallation(in folder: FilePath, version: String, works: Bool = true) throws {
        let open: FilePermissions = [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute]
        try Files.makeFolder(folder, mode: open)
        for name in ["initdb", "pg_ctl", "postgres"] {
            let text = works ? "#!/bin/sh\necho '\(name) (PostgreSQL) \(version)'\n" : "#!/bin/sh\nexit 1\n"
            try Files.replace(folder.appending(name), with: Array(text.utf8), mode: open)
        }
    }
}
