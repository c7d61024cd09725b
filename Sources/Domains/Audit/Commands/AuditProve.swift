import ArgumentParser
public import Audit
public import CommandKit
import FoundationEssentials
import Kernel

struct AuditProve: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove", abstract: "Prove that an event is in the audit log.",
        discussion: """
            Writes a JSON document, whatever --output says: the entry, its inclusion proof (RFC 9162, section 2.1.3), and a signed head. \
            "audit verify --proof" checks it without a database; docs/audit.md says how others do.

            Examples:

              saasctl audit prove 019c0a52-6f1e-7000-8000-000000000001 >proof.json
              saasctl audit verify --proof proof.json --key "$(cat audit.key)"
            """)

    @Argument(help: ArgumentHelp("The event's id, as \"audit query\" shows it.", valueName: "event"), transform: { try UUIDText.parse($0) })
    var event: UUID

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let signer = try context.headSigner()
        let (record, path, head) = try await context.read("audit") { session in
            let record = try AuditProver.record(of: event, in: session)
            let head = try AuditProver.head(origin: signer.verifier.name, in: session)
            return (record, try AuditProver.path(of: record, to: head, in: session), head)
        }
        let proof = InclusionProof(
            entry: ExportedEntry(record), treeSize: head.size, path: path, checkpoint: SignedNote(signing: head.text, with: signer))
        try Renderer(io: context.io, format: .json).object(proof)
    }
}

extension InclusionProof: Renderable {
    public static let resourceKind = "AuditProof"
    public static let fields: [Column<InclusionProof>] = [Column("event") { $0.entry.id }, Column("leaf") { $0.entry.leaf }]
    public var identifier: String { entry.id.text }
}
