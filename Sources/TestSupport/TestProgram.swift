import FoundationEssentials
import SystemPackage

/// The built program that end-to-end tests drive.
enum TestProgram {
    struct Missing: Error, CustomStringConvertible {
        let path: FilePath
        var description: String { "the program is not at \"\(path)\": build it, or name it in SAASCTL_TEST_BINARY" }
    }

    /// `SAASCTL_TEST_BINARY`, or else the program beside the bundle of tests, which the same build has made.
    static func locate() throws -> FilePath {
        let path: FilePath
        if let named = ProcessVariables["SAASCTL_TEST_BINARY"] {
            path = FilePath(named)
        } else {
            path = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")).removingLastComponent().appending(
                "saasctl")
        }
        guard FileManager.default.isExecutableFile(atPath: path.string) else { throw Missing(path: path) }
        return path
    }
}
