import Configuration
import Kernel
import TestSupport
import Testing

@Suite struct ConfigurationFileTests {
    @Test func `reads all that a profile may say`() async throws {
        try await withScratchFolder { folder in
            let text = """
                # where we work
                profile: production
                profiles:
                  production:
                    databases: &all "service=saas dbname=saas_{service}"
                    owner_databases:
                      billing: postgresql://owner@db/{service}
                      audit: *all
                    protected: yes
                    read_only: true
                    require_reason: True
                    color: never
                    key_file: ~/keys/production
                    clock_file: clock
                    outbox_retention: 90d
                    audit_heads: heads
                    audit_origin: example.com/log
                  empty: {}
                """
            let profile = try Setup(folder, user: text).resolver.resolve(flag: nil)
            #expect(profile.name == "production")
            #expect(profile.databases["identity"]?.text == "service=saas dbname=saas_identity")
            #expect(profile.ownerDatabases["billing"]?.text == "postgresql://owner@db/billing")
            #expect(profile.ownerDatabases["audit"]?.text == "service=saas dbname=saas_audit")
            #expect(profile.ownerDatabases["identity"] == nil)
            #expect(profile.protected && profile.readOnly && profile.requireReason)
            #expect(profile.color == .never)
            #expect(profile.keyFile == "\(folder)/home/keys/production")
            #expect(profile.outboxRetention == .seconds(90 * 86_400))
            #expect(profile.clockFile == "\(folder)/home/.config/saasctl/clock")
            #expect(profile.auditHeads == "\(folder)/home/.config/saasctl/heads" && profile.auditOrigin == "example.com/log")
        }
    }

    @Test(arguments: ["", "# nothing yet\n", "profiles:\n", "{}\n"]) func `a file that says nothing is fine`(text: String) async throws {
        try await withScratchFolder { folder in
            let profile = try Setup(folder, user: text, sandboxIsStarted: true).resolver.resolve(flag: nil)
            #expect(profile.name == "sandbox")
        }
    }

    /// A file, the line that is wrong, and words of the message and the hint.
    static let wrong: [(text: String, line: Int, message: String, hint: String?)] = [
        ("profile: [a\nprofiles: {}\n", 2, "it is not YAML", nil),
        ("profiles:\n  a:\n\tb: 1\n", 3, "it is not YAML", nil),
        ("a: 1\nprofiles: {}\n", 1, "unknown key \"a\"", "known: profile, profiles"),
        ("\nprofles: {}\n", 2, "unknown key \"profles\"", "did you mean \"profiles\""),
        ("profiles:\n  a:\n    protcted: true\n", 3, "unknown key \"protcted\" in the profile \"a\"", "did you mean \"protected\""),
        ("profiles:\n  a:\n    databases:\n      biling: x\n", 4, "unknown service \"biling\"", "did you mean \"billing\""),
        ("profiles:\n  a:\n    protected: maybe\n", 3, "\"protected\" must be true or false", nil),
        ("profiles:\n  a:\n    protected: 1\n", 3, "\"protected\" must be true or false", nil),
        ("profiles:\n  a:\n    databases: [x]\n", 3, "\"databases\" must be a mapping", nil),
        ("profiles:\n  a:\n    databases: dbname=one\n", 3, "all services would share one database", "{service}"),
        ("profiles:\n  a:\n    databases: {billing: }\n", 3, "\"billing\" must be a text", nil),
        ("profiles:\n  a:\n    color: pink\n", 3, "\"color\" is \"pink\"", "auto, always, never"),
        ("profiles:\n  a:\n    key_file: {x: y}\n", 3, "\"key_file\" must be a text", nil),
        ("profiles:\n  a:\n    outbox_retention: 30\n", 3, "\"outbox_retention\" must be a duration", "such as 30d"),
        ("profiles:\n  a:\n    outbox_retention: -1d\n", 3, "\"outbox_retention\" must be a duration", "such as 30d"),
        ("profiles:\n  a:\n    audit_origin: my log\n", 3, "\"audit_origin\" may have neither spaces nor +", "example.com/audit"),
        ("profiles:\n  a:\n    audit_origin: a+b\n", 3, "\"audit_origin\" may have neither spaces nor +", "example.com/audit"),
        ("profiles: x\n", 1, "\"profiles\" must be a mapping", nil),
        ("- a\n- b\n", 1, "the file must be a mapping", nil),
        ("profiles:\n  a: x\n", 2, "the profile \"a\" must be a mapping", nil),
        ("profiles:\n  sandbox: {}\n", 2, "belongs to the built-in sandbox", "choose another name"),
        ("profiles:\n  a: {}\n  a: {}\n", 2, "appears twice", "keep one"),
    ]

    @Test(arguments: 0..<wrong.count) func `what is wrong is named with its line`(index: Int) async throws {
        let (text, line, message, hint) = Self.wrong[index]
        try await withScratchFolder { folder in
            let failure = try #require(try Setup(folder, user: text).failure())
            #expect(failure.code == .configuration)
            #expect(failure.message.hasPrefix("\"\(folder)/home/.config/saasctl/config.yaml\" line \(line): "), "\(failure.message)")
            #expect(failure.message.contains(message), "\(failure.message)")
            if let hint { #expect(failure.hint?.contains(hint) == true, "\(failure.hint ?? "no hint")") }
        }
    }

    @Test(arguments: [
        "profiles:\n  a:\n    databases:\n      postgresql://u:hunter2@db/x: y\n", "profiles:\n  a:\n    host=x password=hunter2: y\n",
        "profiles: {a: {databases: [password=hunter2]}}", "profiles: {a: {databases: password=hunter2}}",
        "profiles:\n  a: \"password=hunter2\n", "profiles:\n  a:\n    color: password=hunter2\n", "password=hunter2",
        "profiles:\n  a:\n    password=hunter2: 1\n    password=hunter2: 2\n", "profiles: {'password=hunter2': [1]}",
    ])
    func `no refusal quotes a password`(text: String) async throws {
        try await withScratchFolder { folder in
            let failure = try #require(try Setup(folder, user: text).failure())
            #expect(failure.code == .configuration)
            #expect(!"\(failure) \(failure.hint ?? "") \(failure.details)".contains("hunter2"))
        }
    }

    @Test func `a file that cannot be read as text is refused`() async throws {
        try await withScratchFolder { folder in
            let path = "home/.config/saasctl/config.yaml"
            try folder.makeFolder(path)
            #expect(try Setup(folder).failure()?.message.contains("it is a folder") == true)
            try folder.remove(path)
            try folder.write([0x70, 0xff, 0xfe], to: path)
            #expect(try Setup(folder).failure()?.message.contains("not UTF-8") == true)
            try folder.write(String(repeating: "#", count: 1 << 21), to: path)
            #expect(try Setup(folder).failure()?.message.contains("larger than") == true)
        }
    }
}
