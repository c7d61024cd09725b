import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Migrations

struct DatabaseVerify: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compare what was applied with what this saasctl would apply.",
        discussion: """
            Compares the checksums that were recorded when migrations ran with those of the migrations in this saasctl, and nothing else: \
            what somebody has changed in the tables by hand is not seen. Prints one line for each finding, nothing where all agrees. Changes \
            nothing. Exits 8 where there is a finding.
            """)

    @OptionGroup var selection: ServiceSelection
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let profile = try context.services.profile()
        var findings: [SchemaFinding] = []
        for service in selection.services {
            let runner = MigrationRunner(service: service, clock: context.clock)
            let verification = try await OwnerConnection.with(service, of: profile) { try await runner.verify($0) }
            context.explain("\(service): \(verification.compared) migrations compared")
            findings += verification.findings.map { SchemaFinding(service: service, $0) }
        }
        try context.renderer.list(Page(all: findings))
        if !findings.isEmpty { throw SilentExit(.pending) }
    }
}

/// One way in which a database is not what this binary would make of it.
struct SchemaFinding: Listable {
    let service: String
    let kind: String
    let component: String?
    let number: Int?
    let message: String

    init(service: String, _ finding: SchemaVerification.Finding) {
        self.service = service
        kind = finding.kind.rawValue
        component = finding.component
        number = finding.number
        message = finding.message
    }

    static let resourceKind = "SchemaFinding"

    static var columns: [Column<SchemaFinding>] {
        [
            Column("service", mayShrink: false) { $0.service }, Column("finding") { $0.kind }, Column("component") { $0.component },
            Column("number", alignment: .trailing) { $0.number }, Column("message") { $0.message },
        ]
    }

    var identifier: String { "\(service)/\(component ?? "-")/\(number.map(String.init) ?? "-")" }
}
