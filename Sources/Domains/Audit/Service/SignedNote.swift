import Cryptography
import FoundationEssentials
import Kernel

/// A text and who has signed it, as C2SP's "signed-note" has it: the text, an empty line, and a line for each signature.
public struct SignedNote: Sendable, Hashable {
    /// The line of one signature.
    public struct Signature: Sendable, Hashable {
        public let keyName: String
        /// Tells keys of one name apart; 4 bytes.
        public let keyId: [UInt8]
        public let bytes: [UInt8]
    }

    /// With its last line end.
    public let text: String
    public let signatures: [Signature]

    private static let mark = "\u{2014} "
    /// More than a note has to be read with (16), and not so many that reading them takes long.
    private static let mostSignatures = 100

    private init(text: String, signatures: [Signature]) {
        self.text = text
        self.signatures = signatures
    }

    /// Signs a text.
    ///
    /// - Parameter text: lines, the last one ended as well.
    public init(signing text: String, with signer: NoteSigner) {
        precondition(text.hasSuffix("\n"))
        self.text = text
        signatures = [
            Signature(
                keyName: signer.verifier.name, keyId: signer.verifier.keyId, bytes: Ed25519.sign(Array(text.utf8), seed: signer.seed))
        ]
    }

    /// The note as it is written, to the last line end.
    public var encoded: String {
        signatures.reduce(text + "\n") { $0 + "\(Self.mark)\($1.keyName) \(Data($1.keyId + $1.bytes).base64EncodedString())\n" }
    }

    /// - Parameter encoded: the whole note and nothing else.
    /// - Returns: `nil` for what has not the form of a note.
    public init?(_ encoded: String) {
        guard let notes = Self.all(in: encoded), notes.count == 1 else { return nil }
        self = notes[0]
    }

    /// Notes whose texts have no empty line, one behind the other, as a file has them to which they are appended.
    ///
    /// - Returns: `nil` where something in it is no note; an end without a line end as well, because the last note may be cut off.
    public static func all(in encoded: String) -> [SignedNote]? {
        guard encoded.isEmpty || encoded.hasSuffix("\n"),
            encoded.unicodeScalars.allSatisfy({ $0.value >= 0x20 || $0 == "\n" })
        else { return nil }
        var notes: [SignedNote] = []
        var rest = encoded.split(separator: "\n", omittingEmptySubsequences: false).dropLast()[...]
        while true {
            rest = rest.drop { $0.isEmpty }
            if rest.isEmpty { return notes }
            let lines = rest.prefix { !$0.isEmpty }
            rest = rest.dropFirst(lines.count + 1)
            let marked = rest.prefix { $0.hasPrefix(mark) }
            rest = rest.dropFirst(marked.count)
            let signatures = marked.prefix(mostSignatures + 1).compactMap(signature)
            guard !marked.isEmpty, marked.count <= mostSignatures, signatures.count == marked.count else { return nil }
            notes.append(SignedNote(text: lines.joined(separator: "\n") + "\n", signatures: signatures))
        }
    }

    private static func signature(_ line: Substring) -> Signature? {
        let parts = line.dropFirst(mark.count).split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, NoteVerifier.isName(String(parts[0])), let bytes = Base64.decode(String(parts[1])), bytes.count > 4 else {
            return nil
        }
        return Signature(keyName: String(parts[0]), keyId: Array(bytes[..<4]), bytes: Array(bytes[4...]))
    }

    /// Whether the key has signed this text. Signatures of other keys do not count, whatever they are.
    public func isSigned(by verifier: NoteVerifier) -> Bool {
        let own = signatures.filter { $0.keyName == verifier.name && $0.keyId == verifier.keyId }
        return !own.isEmpty && own.allSatisfy { Ed25519.isSignature($0.bytes, of: Array(text.utf8), by: verifier.publicKey) }
    }
}

/// By which the signatures of one key are checked; its text is what is published.
public struct NoteVerifier: Sendable, Hashable, CustomStringConvertible {
    public let name: String
    /// 32 bytes of Ed25519.
    public let publicKey: [UInt8]

    private static let algorithm: UInt8 = 0x01

    /// - Returns: `nil` for a name that no key may have.
    public init?(name: String, publicKey: [UInt8]) {
        guard Self.isName(name), publicKey.count == 32 else { return nil }
        self.name = name
        self.publicKey = publicKey
    }

    /// Reads `name+id+key`, the id in hexadecimal, the key in base64 behind a byte for its algorithm.
    ///
    /// - Returns: `nil` for what is none, and where the id is that of another key.
    public init?(_ text: String) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let key = Base64.decode(parts[2]), key.first == Self.algorithm else { return nil }
        self.init(name: parts[0], publicKey: Array(key.dropFirst()))
        guard parts[1] == keyId.hexadecimal else { return nil }
    }

    public var description: String {
        "\(name)+\(keyId.hexadecimal)+\(Data([Self.algorithm] + publicKey).base64EncodedString())"
    }

    /// The first 4 bytes of SHA-256 over name, line end, algorithm and key.
    public var keyId: [UInt8] {
        Array(SHA256.hash(Array("\(name)\n".utf8) + [Self.algorithm] + publicKey).prefix(4))
    }

    /// Not empty, and without what separates it from its surroundings.
    public static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.unicodeScalars.allSatisfy { $0 != "+" && $0.value >= 0x20 && !$0.properties.isWhitespace }
    }
}

/// Who signs notes.
public struct NoteSigner: Sendable {
    public let verifier: NoteVerifier
    let seed: [UInt8]

    /// - Parameter seed: 32 bytes of which the pair of keys is made.
    /// - Returns: `nil` for a name that no key may have.
    public init?(name: String, seed: [UInt8]) {
        guard let verifier = NoteVerifier(name: name, publicKey: Ed25519.publicKey(of: seed)) else { return nil }
        self.verifier = verifier
        self.seed = seed
    }
}

/// The base64 of RFC 4648, section 4.
enum Base64 {
    /// - Returns: `nil` for what is not the one way to write some bytes.
    static func decode(_ text: String) -> [UInt8]? {
        guard let data = Data(base64Encoded: text), data.base64EncodedString() == text else { return nil }
        return Array(data)
    }
}
