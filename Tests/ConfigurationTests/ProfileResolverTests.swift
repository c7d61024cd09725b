import Configuration
import Kernel
import TestSupport
import Testing

/// Who wins, from the flag down to the sandbox.
@Suite struct ProfileResolverTests {
    /// One line of the precedence table: the sources that are there, and the address that wins.
    struct Line: Sendable, CustomTestStringConvertible {
        let flag: String?
        let variables: [String: String]
        let user: String?
        let system: String?
        let sandbox: Bool
        let wins: String
        var testDescription: String { "\(wins) wins" }

        init(
            _ wins: String, flag: String? = nil, variables: [String: String] = [:], user: String? = nil, system: String? = nil,
            sandbox: Bool = false
        ) {
            self.wins = wins
            self.flag = flag
            self.variables = variables
            self.user = user
            self.system = system
            self.sandbox = sandbox
        }
    }

    static let user = "profile: a\nprofiles: {a: {databases: 'user-a-{service}'}, b: {databases: 'user-b-{service}'}}"
    static let system = "profile: c\nprofiles: {a: {databases: 'system-a-{service}'}, c: {databases: 'system-c-{service}'}}"
    static let lines = [
        Line("user-b-billing", flag: "b", variables: ["SAASCTL_DATABASE": "variable-{service}"], user: user, system: system, sandbox: true),
        Line(
            "sandbox-billing", flag: "sandbox", variables: ["SAASCTL_PROFILE": "b", "PGHOST": "x"], user: user, system: system,
            sandbox: true),
        Line(
            "variable-for-billing",
            variables: [
                "SAASCTL_PROFILE": "b", "SAASCTL_DATABASE": "variable-{service}", "SAASCTL_BILLING_DATABASE": "variable-for-{service}",
            ],
            user: user, system: system, sandbox: true),
        Line(
            "variable-billing", variables: ["SAASCTL_DATABASE": "variable-{service}", "PGHOST": "x"], user: user, system: system,
            sandbox: true),
        Line("variable-billing", variables: ["SAASCTL_DATABASE": "variable-{service}"], sandbox: true),
        Line("user-b-billing", variables: ["SAASCTL_PROFILE": "b", "PGHOST": "x"], user: user, system: system, sandbox: true),
        Line("user-a-billing", variables: ["PGHOST": "x"], user: user, system: system, sandbox: true),
        Line("system-c-billing", variables: ["PGHOST": "x"], system: system, sandbox: true),
        Line("default-billing", user: "profiles: {default: {databases: 'default-{service}'}}", sandbox: true),
        Line("dbname='saas_billing'", variables: ["PGHOST": "x"], sandbox: true),
        Line("dbname='saas_billing'", variables: ["PGSERVICE": "x", "PGDATABASE": "one-for-all"], sandbox: true),
        Line("dbname='my-billing'", variables: ["PGDATABASE": "my-{service}"], sandbox: true),
        Line("sandbox-billing", sandbox: true),
        Line("sandbox-billing", variables: ["SAASCTL_PROFILE": "", "SAASCTL_DATABASE": "", "PGHOST": ""], sandbox: true),
        Line("sandbox-billing", user: "profiles: {a: {databases: 'never chosen {service}'}}", sandbox: true),
    ]

    @Test(arguments: lines) func `the closest source wins`(line: Line) async throws {
        try await withScratchFolder { folder in
            let setup = try Setup(folder, user: line.user, system: line.system, variables: line.variables, sandboxIsStarted: line.sandbox)
            #expect(try setup.resolver.resolve(flag: line.flag).database(of: "billing").text == line.wins)
        }
    }

    @Test func `nothing configured is refused with the way on`() async throws {
        try await withScratchFolder { folder in
            let failure = try #require(try Setup(folder).failure())
            #expect(failure.code == .configuration)
            #expect(failure.message == "no profile is chosen, and no sandbox is started")
            #expect(failure.hint?.contains("saasctl sandbox start") == true)
            let others = try #require(try Setup(folder, user: "profiles: {staging: {databases: 'x {service}'}}").failure())
            #expect(others.hint == "saasctl --profile staging …")
        }
    }

    @Test func `an unknown profile is refused, with the nearest that exists`() async throws {
        try await withScratchFolder { folder in
            let setup = try Setup(
                folder, user: "profiles: {production: {databases: 'x {service}'}}", variables: ["SAASCTL_PROFILE": "prodution"])
            let failure = try #require(setup.failure())
            #expect(failure.code.exit == .configuration)
            #expect(failure.message == "there is no profile \"prodution\"")
            #expect(failure.hint == "saasctl --profile production …")
            #expect(try #require(setup.failure(flag: "nowhere")).details == ["known profiles: production"])
        }
    }

    @Test func `the sandbox by name, not started, says how to start it`() async throws {
        try await withScratchFolder { folder in
            let failure = try #require(try Setup(folder).failure(flag: "sandbox"))
            #expect(failure.hint == "saasctl sandbox start")
            #expect(failure.code.exit == .configuration)
        }
    }

    @Test func `the user's file fills what it leaves open from the administrator's, key by key`() async throws {
        try await withScratchFolder { folder in
            let setup = try Setup(
                folder, user: "profiles: {p: {color: never, databases: {billing: mine}}}",
                system: "profiles: {p: {protected: true, color: always, require_reason: true, databases: 'theirs-{service}', key_file: k}}")
            let profile = try setup.resolver.resolve(flag: "p")
            #expect(profile.protected && profile.requireReason && !profile.readOnly)
            #expect(profile.color == .never)
            #expect(profile.keyFile == "\(folder)/system/k")
            #expect(profile.databases["billing"]?.text == "mine")
            #expect(profile.databases["identity"]?.text == "theirs-identity")
        }
    }

    @Test(
        arguments: [
            ([:], nil, 90), (["SAASCTL_OUTBOX_RETENTION": "7d"], nil, 7), (["SAASCTL_OUTBOX_RETENTION": "7d"], "p", 90),
            (["SAASCTL_OUTBOX_RETENTION": "7d"], "q", 7), ([:], "q", 30),
        ] as [([String: String], String?, Int)])
    func `how long events are kept is a variable's word, then a file's, else thirty days`(
        variables: [String: String], flag: String?, days: Int
    ) async throws {
        try await withScratchFolder { folder in
            let user = "profile: p\nprofiles: {p: {outbox_retention: 90d}, q: {databases: {billing: mine}}}"
            let profile = try Setup(folder, user: user, variables: variables).resolver.resolve(flag: flag)
            #expect(profile.outboxRetention == .seconds(days * 86_400))
        }
    }

    @Test func `a pattern of the user's lets nothing of the administrator's through`() async throws {
        try await withScratchFolder { folder in
            let setup = try Setup(
                folder, user: "profiles: {p: {databases: 'mine-{service}'}}", system: "profiles: {p: {databases: {billing: theirs}}}")
            #expect(try setup.resolver.resolve(flag: "p").databases["billing"]?.text == "mine-billing")
        }
    }

    @Test func `a service without a database is refused when it is asked for, not before`() async throws {
        try await withScratchFolder { folder in
            let setup = try Setup(folder, variables: ["SAASCTL_BILLING_DATABASE": "x"])
            let profile = try setup.resolver.resolve(flag: nil)
            #expect(try profile.database(of: "billing").text == "x")
            let error = #expect(throws: ConfigurationError.self) { try profile.database(of: "identity") }
            #expect(error?.failure.hint == "add it under databases of the profile, or set SAASCTL_IDENTITY_DATABASE")
            #expect(throws: ConfigurationError.self) { try profile.ownerDatabase(of: "billing") }
        }
    }

    @Test func `the owner's databases have variables of their own`() async throws {
        try await withScratchFolder { folder in
            let variables = [
                "SAASCTL_DATABASE": "a-{service}", "SAASCTL_OWNER_DATABASE": "o-{service}", "SAASCTL_BILLING_OWNER_DATABASE": "special",
            ]
            let profile = try Setup(folder, variables: variables).resolver.resolve(flag: nil)
            #expect(try profile.ownerDatabase(of: "identity").text == "o-identity")
            #expect(try profile.ownerDatabase(of: "billing").text == "special")
            #expect(try profile.database(of: "billing").text == "a-billing")
        }
    }

    @Test(arguments: [
        ("SAASCTL_BILING_DATABASE", "x", "did you mean SAASCTL_BILLING_DATABASE"),
        ("SAASCTL_IDENTTIY_OWNER_DATABASE", "x", "SAASCTL_IDENTITY_OWNER"),
        ("SAASCTL_DATABASE", "dbname=one", "{service}"),
        ("SAASCTL_OUTBOX_RETENTION", "30", "such as 30d"),
    ])
    func `a variable that cannot be meant is refused`(variable: String, value: String, hint: String) async throws {
        try await withScratchFolder { folder in
            let failure = try #require(try Setup(folder, variables: [variable: value], sandboxIsStarted: true).failure())
            #expect(failure.code == .configuration)
            #expect(failure.message.contains(variable))
            #expect(failure.hint?.contains(hint) == true)
        }
    }

    @Test func `SAASCTL_CONFIG takes the place of the user's file and has to exist`() async throws {
        try await withScratchFolder { folder in
            let other = try folder.write("profile: z\nprofiles: {z: {databases: 'z-{service}'}}", to: "other.yaml")
            let setup = try Setup(folder, user: Self.user, variables: ["SAASCTL_CONFIG": other])
            #expect(try setup.resolver.resolve(flag: nil).name == "z")
            #expect(try setup.resolver.names() == ["z"])
            let failure = try #require(try Setup(folder, variables: ["SAASCTL_CONFIG": "\(folder)/absent"]).failure())
            #expect(failure.code == .configuration)
            #expect(failure.message.contains("\(folder)/absent"))
        }
    }

    @Test func `the user's file is found by XDG_CONFIG_HOME, or else HOME`() {
        func file(_ environment: [String: String]) -> String? {
            ProfileResolver(environment: environment, services: [], sandbox: { nil }).userFile
        }
        #expect(file(["XDG_CONFIG_HOME": "/x", "HOME": "/h"]) == "/x/saasctl/config.yaml")
        // The XDG base directory specification has relative paths ignored.
        #expect(file(["XDG_CONFIG_HOME": "x", "HOME": "/h"]) == "/h/.config/saasctl/config.yaml")
        #expect(file([:]) == nil)
    }

    @Test func `neither a profile nor an error shows a connection string`() async throws {
        try await withScratchFolder { folder in
            let setup = try Setup(folder, user: "profiles: {p: {databases: 'host=x password=hunter2 dbname={service}'}}")
            let profile = try setup.resolver.resolve(flag: "p")
            var dumped = ""
            dump(profile, to: &dumped)
            for text in ["\(profile)", String(reflecting: profile), dumped, "\(try profile.database(of: "billing"))"] {
                #expect(!text.contains("hunter2"))
                #expect(!text.contains("host=x"))
            }
        }
    }
}
