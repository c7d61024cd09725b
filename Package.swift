// swift-tools-version: 6.2
import PackageDescription

// Undeclared imports are rejected besides, by a flag of every build that the Makefile starts.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

func library(_ name: String, path: String? = nil, _ dependencies: [Target.Dependency], plugins: [Target.PluginUsage]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, path: path, swiftSettings: strict, plugins: plugins)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil, exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestSupport", "Kernel", "Postgres"],
        exclude: exclude, resources: resources, swiftSettings: strict)
}

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let jwt: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let histogram: Target.Dependency = .product(name: "Histogram", package: "hdrhistogram-swift")

/// The context map: a domain and the domains whose events it consumes. Each line makes the targets `<Name>Events`, `<Name>` and
/// `<Name>Commands`, and `<Name>Tests`; `consumes` is all that one domain may know of another.
struct Domain {
    let name: String
    let consumes: [String]
    /// Packages that its service uses.
    let packages: [Target.Dependency]

    init(_ name: String, consumes: [String] = [], packages: [Target.Dependency] = []) {
        self.name = name
        self.consumes = consumes
        self.packages = packages
    }

    var events: Target.Dependency { .target(name: "\(name)Events") }
    var service: Target.Dependency { .target(name: name) }
    var commands: Target.Dependency { .target(name: "\(name)Commands") }

    var targets: [Target] {
        let folder = "Sources/Domains/\(name)"
        let consumed = consumes.map { Target.Dependency.target(name: "\($0)Events") }
        return [
            library("\(name)Events", path: "\(folder)/Events", ["Kernel"]),
            library(name, path: "\(folder)/Service", ["Kernel", "Cryptography", "Postgres", "Outbox", events] + consumed + packages),
            library(
                "\(name)Commands", path: "\(folder)/Commands",
                ["Kernel", "Cryptography", "Outbox", "Postgres", "Configuration", "CommandKit", service, events, argumentParser]),
            tests("\(name)Tests", ["Outbox", "Worker", "Cryptography", service, commands, events] + consumed + packages),
        ]
    }
}

let domains = [
    Domain("Identity", packages: [jwt]),
    Domain("Organization", consumes: ["Identity"]),
    Domain("Billing", consumes: ["Organization"]),
    Domain("Workflow", consumes: ["Organization", "Billing"]),
    Domain("Notification", consumes: ["Identity", "Organization", "Workflow"]),
    Domain("Audit"),
    Domain("Analytics", consumes: ["Identity", "Organization", "Billing", "Workflow"]),
]

let package = Package(
    name: "saasctl",
    products: [.executable(name: "saasctl", targets: ["saasctl"])],
    dependencies: [
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCrypt"),
        .systemLibrary(name: "CMalloc"),
        .target(name: "CReadline", linkerSettings: [.linkedLibrary("readline")]),

        library("Kernel", []),
        library("Cryptography", ["COpenSSL", "CCrypt", "Kernel"]),
        library("Postgres", ["CLibPQ", "Kernel"]),
        library("Outbox", ["Kernel", "Postgres", "Cryptography"]),
        library("EventSchemas", ["Kernel"]),
        library("MigrationFiles", []),
        library("Migrations", ["Kernel", "Postgres", "Cryptography", "MigrationFiles"], plugins: ["EmbedMigrations"]),
        library("Worker", ["Kernel", "Postgres", "Outbox"]),
        library("Configuration", ["Kernel", .product(name: "Yams", package: "Yams")]),
        library("PostgresServer", ["Kernel", subprocess, systemPackage]),
        library("Sandbox", ["Kernel", "Postgres", "PostgresServer", "Configuration", "Cryptography", systemPackage]),
        library(
            "Bench",
            [
                "Kernel", "Postgres", "Outbox", "Worker", "PostgresServer", "Sandbox", "Migrations", "Configuration", histogram, subprocess,
                systemPackage,
            ]),
        library("LineEditor", ["CReadline", "Kernel"]),
        library("CommandKit", ["Kernel", "Postgres", "Outbox", "Configuration", "Cryptography", argumentParser]),

        .executableTarget(
            name: "embed-migrations", dependencies: ["MigrationFiles"], path: "Sources/Tools/embed-migrations", swiftSettings: strict),
        .plugin(
            name: "EmbedMigrations", capability: .buildTool(), dependencies: ["embed-migrations"], path: "Sources/Plugins/EmbedMigrations"),

        library(
            "SaasctlApp",
            [
                "Kernel", "Postgres", "Outbox", "Migrations", "Worker", "Configuration", "Sandbox", "PostgresServer",
                "LineEditor", "CommandKit", "Cryptography", "CMalloc", "Bench", "EventSchemas", argumentParser,
            ] + domains.flatMap { [$0.service, $0.commands, $0.events] }),
        .executableTarget(name: "saasctl", dependencies: ["SaasctlApp"], swiftSettings: strict),

        library(
            "TestSupport",
            [
                "Kernel", "Cryptography", "Postgres", "Outbox", "PostgresServer", "Sandbox", "Migrations", "EventSchemas", subprocess,
                systemPackage,
            ]),
        tests("KernelTests", ["Cryptography"]),
        tests("PostgresTests", ["PostgresServer"]),
        tests("OutboxTests", ["Outbox", "Cryptography", "Migrations"]),
        tests("EventSchemasTests", ["EventSchemas", "Outbox"]),
        tests("MigrationsTests", ["Migrations", "MigrationFiles", "Cryptography"]),
        tests("WorkerTests", ["Worker", "Outbox", "EventSchemas"] + domains.flatMap { [$0.service, $0.events] }),
        tests("FaultTests", ["Worker", "Outbox", "PostgresServer"] + domains.flatMap { [$0.service, $0.events] }),
        tests("TestSupportTests", ["PostgresServer", systemPackage]),
        tests("ConfigurationTests", ["Configuration"]),
        tests("SandboxTests", ["Sandbox", "PostgresServer", "Configuration", systemPackage]),
        tests("BenchTests", ["Bench", "Outbox", "SaasctlApp", "EventSchemas"]),
        tests(
            "CommandKitTests",
            [
                "CommandKit", "SaasctlApp", "LineEditor", "Outbox", "Audit", "OrganizationEvents", "Configuration", "Cryptography",
                "EventSchemas", argumentParser,
            ]),
        tests("CommandTests", ["SaasctlApp", "CommandKit", "Outbox", argumentParser, subprocess, systemPackage], exclude: ["Snapshots"]),
        tests("ScenarioTests", ["SaasctlApp", "Sandbox", "EventSchemas"], exclude: ["Scripts", "Snapshots"]),
    ] + domains.flatMap(\.targets)
)
