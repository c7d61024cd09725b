import ArgumentParser
import Audit
import CommandKit
import Configuration
import Kernel

/// By whose signature a head is taken for one of ours.
struct VerifierKeys: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp(
            "The key that signs heads, as \"audit head --verifier-key\" prints it; several, where it has changed.", valueName: "key"),
        transform: { text in
            guard let verifier = NoteVerifier(text) else {
                throw ValidationError("expected the text that \"audit head --verifier-key\" prints")
            }
            return verifier
        })
    var key: [NoteVerifier] = []

    /// Those that were given; otherwise that of the profile.
    func verifiers(_ context: CommandContext) throws -> [NoteVerifier] {
        key.isEmpty ? [try context.headSigner().verifier] : key
    }
}

extension CommandContext {
    /// Who signs heads on this profile.
    ///
    /// - Throws: a configuration error where there is no usable key file.
    func headSigner() throws -> NoteSigner {
        let origin = try services.profile().auditOrigin
        guard let signer = NoteSigner(name: origin, seed: try key(for: TreeHead.keyPurpose)) else {
            throw Failure(.configuration, "the profile's audit_origin \"\(origin)\" is no name for a key")
        }
        return signer
    }

    /// The heads in a file, or on standard input for `-`.
    ///
    /// - Throws: `Failure` with `USAGE` for anything else, or nothing.
    func heads(from path: String, flag: String) throws -> [(head: TreeHead, note: SignedNote)] {
        let heads = HeadFile.heads(in: try text(from: path, flag: flag, limit: HeadFile.limit))
        guard let heads, !heads.isEmpty else {
            throw Failure(
                .usage, "\(flag) names \"\(path)\", which holds no signed heads, or something besides",
                hint: "give what \"saasctl audit head\" has printed or appended")
        }
        return heads
    }
}

/// Files of signed heads.
enum HeadFile {
    /// More than one an hour for a hundred years.
    static let limit = 256 << 20

    /// - Returns: `nil` where something is none.
    static func heads(in text: String) -> [(head: TreeHead, note: SignedNote)]? {
        guard let notes = SignedNote.all(in: text) else { return nil }
        let heads = notes.compactMap { note in TreeHead(note.text).map { (head: $0, note: note) } }
        return heads.count == notes.count ? heads : nil
    }

    /// - Throws: `Failure` with `AUDIT_SIGNATURE_WRONG` (exit 8) for a head that none of these has signed.
    static func checkSignatures(of heads: [(head: TreeHead, note: SignedNote)], by verifiers: [NoteVerifier]) throws {
        for (head, note) in heads {
            // A key signs for the log that it is named after.
            guard verifiers.contains(where: { $0.name == head.origin && note.isSigned(by: $0) }) else {
                throw Failure(
                    ErrorCode("AUDIT_SIGNATURE_WRONG", .pending),
                    "the head of \"\(head.origin)\" with \(head.size) leaves is not signed by the key that is trusted",
                    hint: "--key KEY names the key that signed it, if it is another one",
                    details: verifiers.map { "trusted: \($0)" })
            }
        }
    }
}
