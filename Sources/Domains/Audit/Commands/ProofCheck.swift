import Audit
import CommandKit
import FoundationEssentials
import Kernel

/// Checks an inclusion proof, with nothing but files.
struct ProofCheck {
    let path: String
    /// A file of heads, one of which the proof has to lead to.
    let against: String?
    let keys: [NoteVerifier]

    /// An event is a few hundred bytes, and never as long as this.
    private static let limit = 64 << 20

    func run(_ context: CommandContext) throws {
        let proof = try read(context)
        let (head, note): (TreeHead, SignedNote)
        do {
            (head, note) = try proof.check()
        } catch {
            throw Self.wrong(error.reason)
        }
        if !keys.isEmpty { try HeadFile.checkSignatures(of: [(head, note)], by: keys) }
        if let against {
            let heads = try context.heads(from: against, flag: "--against")
            if !keys.isEmpty { try HeadFile.checkSignatures(of: heads, by: keys) }
            guard heads.contains(where: { $0.head == head }) else {
                throw Self.wrong("its head, of \(head.size) leaves, is none of those in \"\(against)\"")
            }
        }
        let trust: ProvenEvent.Trust = keys.isEmpty ? (against == nil ? .none : .keptHead) : .signature
        try context.renderer.object(ProvenEvent(proof, head, trust: trust))
        if trust == .none {
            context.notice("whose head that is was not checked; --key or --against tells whether it is the log's")
        }
    }

    private func read(_ context: CommandContext) throws -> InclusionProof {
        let text = try context.text(from: path, flag: "--proof", limit: Self.limit)
        do {
            let kind = try JSONCoding.decode(Kind.self, from: text).kind
            guard kind == InclusionProof.resourceKind else {
                throw Failure(
                    .usage, "--proof names \"\(path)\", which is a document of another kind",
                    hint: "give what \"saasctl audit prove\" writes")
            }
            return try JSONCoding.decode(InclusionProof.self, from: text)
        } catch let error as UnreadableJSON {
            throw Failure(
                .usage, "--proof names \"\(path)\", which is no proof, or a part of one", hint: "give what \"saasctl audit prove\" writes",
                details: ["\(error)"])
        }
    }

    private struct Kind: Decodable {
        let kind: String?
    }

    private static func wrong(_ reason: String) -> Failure {
        Failure(ErrorCode("AUDIT_PROOF_WRONG", .pending), "the proof proves nothing: \(reason)")
    }
}

extension InclusionProof.Flaw {
    fileprivate var reason: String {
        switch self {
        case .noCheckpoint: "it carries no signed head"
        case .otherSize: "its head is one of another number of leaves"
        case .otherHash: "the entry is not what its hash was taken over"
        case .noPath: "its path does not lead from the entry to the root of its head"
        }
    }
}

/// What a proof has shown.
private struct ProvenEvent: Renderable {
    enum Trust: String, Codable, Sendable {
        /// The head is signed by a key that was given.
        case signature
        /// The head is one that was kept.
        case keptHead = "kept_head"
        /// Anybody may have made the head.
        case none
    }

    let event: UUID
    let type: String
    let source: String
    let time: Timestamp
    let leaf: Int64?
    let origin: String
    let treeSize: Int64
    let rootHash: String
    let trust: Trust

    init(_ proof: InclusionProof, _ head: TreeHead, trust: Trust) {
        event = proof.entry.id
        type = proof.entry.type
        source = proof.entry.source
        time = proof.entry.time
        leaf = proof.entry.leaf
        origin = head.origin
        treeSize = head.size
        rootHash = head.root.hexadecimal
        self.trust = trust
    }

    static let resourceKind = "ProvenEvent"

    static var fields: [Column<ProvenEvent>] {
        [
            Column("event") { $0.event }, Column("type") { $0.type }, Column("source") { $0.source }, Column("time") { $0.time },
            Column("leaf") { $0.leaf }, Column("log") { $0.origin }, Column("tree size") { $0.treeSize }, Column("root") { $0.rootHash },
            Column("head") { proof in
                switch proof.trust {
                case .signature: "signed by the key"
                case .keptHead: "one of those kept"
                case .none: "not checked"
                }
            },
        ]
    }

    var identifier: String { event.text }
}
