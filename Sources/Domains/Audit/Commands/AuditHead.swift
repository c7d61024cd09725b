import ArgumentParser
import Audit
import CommandKit
import Configuration
import Kernel

struct AuditHead: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "head", abstract: "Sign the head of the audit log's tree, and keep it outside.",
        discussion: """
            Prints a checkpoint of C2SP (tlog-checkpoint): origin, number of leaves, root, and a signature by Ed25519. It is appended to the \
            file that the profile names as audit_heads, unless it is the last one there already. Who keeps heads where nobody can change them \
            can tell later whether the log still goes on from them: "audit verify --against".

            A head is not signed where the log contradicts the last one in that file (exit 8).

            Examples:

              saasctl audit head
              saasctl audit head --verifier-key >audit.key
            """)

    @Flag(help: "Print the key by which signatures are checked, and nothing else; needs no database.")
    var verifierKey = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let signer = try context.headSigner()
        if verifierKey { return try context.io.write("\(signer.verifier)\n") }
        let file = try context.services.profile().auditHeads
        let last = try file.flatMap { try lastHead(in: $0, of: signer.verifier.name) }
        let head = try await context.read("audit") { session in
            if let last { try AuditProver.confirm(last, in: session) }
            return try AuditProver.head(origin: signer.verifier.name, in: session)
        }
        let note = SignedNote(signing: head.text, with: signer)
        var appended: String?
        if let file, last != head {
            do {
                try NamedFile.append(note.encoded, to: file)
            } catch {
                throw Failure(.configuration, "the file of heads \"\(file)\" cannot be written: \(error.reason)")
            }
            context.noteChange()
            appended = file
        }
        try context.renderer.object(
            PublishedHead(
                origin: head.origin, treeSize: head.size, rootHash: head.root.hexadecimal, verifierKey: signer.verifier.description,
                checkpoint: note.encoded, appendedTo: appended))
    }

    /// - Throws: `Failure` with `CONFIGURATION` where the file holds something else: it would be spoilt.
    private func lastHead(in file: String, of origin: String) throws -> TreeHead? {
        let text: String?
        do {
            text = try NamedFile.text(of: file, limit: HeadFile.limit)
        } catch let error as NamedFileError {
            throw Failure(.configuration, "the file of heads \"\(file)\" cannot be read: \(error.reason)")
        }
        guard let text else { return nil }
        guard let heads = HeadFile.heads(in: text) else {
            throw Failure(
                .configuration, "the file of heads \"\(file)\" holds something else besides", hint: "name another one as audit_heads")
        }
        return heads.last { $0.head.origin == origin }?.head
    }
}

/// A head as it was signed.
private struct PublishedHead: Renderable {
    static let resourceKind = "AuditHead"
    static let fields: [Column<PublishedHead>] = [Column("checkpoint") { $0.checkpoint }]

    let origin: String
    let treeSize: Int64
    let rootHash: String
    let verifierKey: String
    /// The signed note.
    let checkpoint: String
    /// The file that it was appended to.
    let appendedTo: String?

    var plainText: String? { checkpoint }
    var identifier: String { rootHash }
}
