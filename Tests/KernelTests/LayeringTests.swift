import Foundation
import Testing

/// The rules of docs/layout.md that the compiler does not hold: SwiftPM's check of imports lets through what a dependency depends on.
@Suite struct LayeringTests {
    private struct Source {
        let path: String
        let imports: Set<String>
        let text: String
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func sources(below folder: String) throws -> [Source] {
        let start = Self.root.appending(path: folder)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: start.path(percentEncoded: false)).filter { $0.hasSuffix(".swift") }
        return try paths.map { path in
            let text = try String(contentsOf: start.appending(path: path), encoding: .utf8)
            let imports = text.split(separator: "\n").compactMap { line -> String? in
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index < 3, words.count == index + 2 else { return nil }
                return String(words[index + 1])
            }
            return Source(path: "\(folder)/\(path)", imports: Set(imports), text: text)
        }
    }

    private var domains: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "Sources/Domains").path(percentEncoded: false))
                .sorted()
        }
    }

    /// What a domain's line in the manifest says that it consumes.
    private func consumed(by domain: String) throws -> [String] {
        let all = try domains
        let manifest = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
        let line = try #require(manifest.split(separator: "\n").first { $0.contains("Domain(\"\(domain)\"") })
        return line.split(separator: "\"").map(String.init).filter { all.contains($0) && $0 != domain }
    }

    @Test func eventsKnowTheKernelAlone() throws {
        for domain in try domains {
            let files = try sources(below: "Sources/Domains/\(domain)/Events")
            #expect(!files.isEmpty)
            for file in files { #expect(file.imports.subtracting(["Kernel", "FoundationEssentials"]).isEmpty, "\(file.path)") }
        }
    }

    @Test func aServiceKnowsTheEventsThatItConsumesAndNothingElseOfOthers() throws {
        let all = try domains
        for domain in all {
            let own = try ["\(domain)Events"] + consumed(by: domain).map { "\($0)Events" }
            let foreign = Set(all.flatMap { [$0, "\($0)Events", "\($0)Commands"] }).subtracting(own)
            let files = try sources(below: "Sources/Domains/\(domain)/Service")
            #expect(!files.isEmpty)
            for file in files { #expect(file.imports.isDisjoint(with: foreign), "\(file.path)") }
        }
    }

    @Test func commandsKnowTheirOwnDomainAlone() throws {
        let all = try domains
        for domain in all {
            let foreign = Set(all.flatMap { [$0, "\($0)Events", "\($0)Commands"] }).subtracting([domain, "\(domain)Events"])
            for file in try sources(below: "Sources/Domains/\(domain)/Commands") {
                #expect(file.imports.isDisjoint(with: foreign), "\(file.path)")
            }
        }
    }

    @Test func argumentParserIsForCommandsAlone() throws {
        for file in try sources(below: "Sources") where file.imports.contains("ArgumentParser") {
            let mayUseIt =
                ["Sources/CommandKit/", "Sources/SaasctlApp/"].contains(where: file.path.hasPrefix) || file.path.contains("/Commands/")
            #expect(mayUseIt, "\(file.path)")
        }
    }

    @Test func libpqIsForTheClientAlone() throws {
        for file in try sources(below: "Sources") where file.imports.contains("CLibPQ") {
            #expect(file.path.hasPrefix("Sources/Postgres/"), "\(file.path)")
        }
    }

    @Test func statementsStandInQueriesAlone() throws {
        for file in try sources(below: "Sources/Domains") where !file.path.hasSuffix("Queries.swift") {
            #expect(!file.text.contains("Query("), "\(file.path)")
            #expect(!file.text.contains(": SQL"), "\(file.path)")
        }
    }
}
