public import ArgumentParser

/// `saasctl audit`: who did what.
public struct AuditCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The audit log: every event of every service, append-only.",
        subcommands: [AuditQuery.self, AuditTail.self, AuditVerify.self, AuditProve.self, AuditHead.self, AuditExport.self])

    public init() {}
}
