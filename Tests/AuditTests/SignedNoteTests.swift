import Audit
import FoundationEssentials
import Kernel
import Testing

/// C2SP's "signed-note" and "tlog-checkpoint", with the keys, notes and manglings of the tests of Go's own implementation
/// (golang.org/x/mod, `sumdb/note/note_test.go`) and the examples of the specifications.
@Suite struct SignedNoteTests {
    private static let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    /// `PRIVATE+KEY+PeterNeumann+c74f20a3+…`, the bytes behind the one for the algorithm.
    private static let seed = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
    private static let enoch = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
    private static let text = """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        """
    private static let peterLine =
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    private static let enochLine =
        "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

    private func signer() throws -> NoteSigner {
        let seed = try #require(Data(base64Encoded: Self.seed))
        return try #require(NoteSigner(name: "PeterNeumann", seed: Array(seed.dropFirst())))
    }

    @Test func `a key is written as it is published, and nothing like it is one`() throws {
        #expect(try signer().verifier.description == Self.key)
        #expect(NoteVerifier(Self.key)?.description == Self.key)
        let bytes = Array(Self.key.utf8)
        for start in bytes.indices {
            for end in start + 1...bytes.count where start != 0 || end != bytes.count {
                #expect(NoteVerifier(String(decoding: bytes[start..<end], as: UTF8.self)) == nil, "\(start)..<\(end)")
            }
        }
        for index in bytes.indices {
            var mangled = bytes
            mangled[index] += 1
            #expect(NoteVerifier(String(decoding: mangled, as: UTF8.self)) == nil, "\(index)")
        }
        // Of another length, and of an unknown algorithm, each with the id that it would have.
        #expect(NoteVerifier("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==") == nil)
        #expect(NoteVerifier("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW") == nil)
        for name in ["", "a b", "a+b", "a\nb", "a\u{A0}b", "a\u{7}b"] { #expect(!NoteVerifier.isName(name), "\(name.debugDescription)") }
    }

    @Test func `a note is signed as it is published`() throws {
        #expect(SignedNote(signing: Self.text, with: try signer()).encoded == Self.text + "\n" + Self.peterLine)
    }

    @Test func `signatures of the key count, and no others`() throws {
        let (peter, enoch) = (try #require(NoteVerifier(Self.key)), try #require(NoteVerifier(Self.enoch)))
        let both = try #require(SignedNote(Self.text + "\n" + Self.peterLine + Self.enochLine))
        #expect(both.text == Self.text && both.signatures.map(\.keyName) == ["PeterNeumann", "EnochRoot"])
        #expect(both.isSigned(by: peter) && both.isSigned(by: enoch))
        let one = try #require(SignedNote(Self.text + "\n" + Self.enochLine))
        #expect(!one.isSigned(by: peter) && one.isSigned(by: enoch))
        // The key's name and id over something else.
        let other = try #require(SignedNote("Another text.\n\n" + Self.peterLine))
        #expect(!other.isSigned(by: peter))
        let renamed = try #require(SignedNote(Self.text + "\n" + Self.peterLine.replacing("PeterNeumann", with: "CarmenSandiego")))
        #expect(!renamed.isSigned(by: peter))
        // A signature of a known key that fails spoils the note, whatever else is there.
        let spoilt = Self.peterLine.replacing("x08go/Z", with: "x08go/Y")
        #expect(try !#require(SignedNote(Self.text + "\n" + Self.peterLine + spoilt)).isSigned(by: peter))
    }

    @Test func `what is no note is none`() {
        let signed = Self.text + "\n" + Self.peterLine
        for broken in [
            Self.text, Self.text + "\n", String(signed.dropLast()), "\u{1}" + signed, signed + "Unexpected line.\n", "",
            Self.text + "\n" + Self.peterLine.replacing("PeterNeumann", with: "Bad Name"),
            Self.text + "\n" + String(repeating: Self.peterLine, count: 101), Self.text + "\n— PeterNeumann x08g\n",
            Self.text + "\n— PeterNeumann *\n", signed.replacing("\n", with: "\r\n"),
        ] {
            #expect(SignedNote(broken) == nil, "\(broken.debugDescription)")
        }
        #expect(SignedNote(Self.text + "\n" + String(repeating: Self.enochLine, count: 16)) != nil)
    }

    @Test func `a file has one note behind the other, and is none where a line is missing`() {
        let one = "a\nb\n\n" + Self.peterLine
        #expect(SignedNote.all(in: "")?.count == 0)
        #expect(SignedNote.all(in: one + one)?.map(\.text) == ["a\nb\n", "a\nb\n"])
        #expect(SignedNote.all(in: one + "\n\n" + one)?.count == 2)
        #expect(SignedNote(one + one) == nil)
        for length in 1..<(one + one).unicodeScalars.count where length != one.unicodeScalars.count {
            let cut = String(String.UnicodeScalarView((one + one).unicodeScalars.prefix(length)))
            #expect(SignedNote.all(in: cut) == nil, "\(length)")
        }
    }

    /// The example of "tlog-checkpoint".
    @Test func `a checkpoint is origin, size and root`() throws {
        let example = """
            example.com/behind-the-sofa
            20852163
            CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

            — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=

            """
        let note = try #require(SignedNote(example))
        let head = try #require(TreeHead(note.text))
        #expect(head.origin == "example.com/behind-the-sofa" && head.size == 20_852_163 && head.root.count == 32)
        #expect(head.text == note.text && note.encoded == example)
        #expect(note.signatures.first?.keyId == [0x03, 0x3D, 0xE0, 0xAE])
        // Whatever stands behind is left to others.
        #expect(TreeHead(note.text + "extension\n") == head)
        for (wrong, right) in [
            ("020852163", "20852163"), ("-1", "20852163"), ("+1", "20852163"), ("2e7", "20852163"), ("99999999999999999999", "20852163"),
            ("", "20852163\n"), ("CsUY", "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="), ("q2J=", "q2I="),
        ] {
            #expect(TreeHead(note.text.replacing(right, with: wrong)) == nil, "\(wrong)")
        }
        #expect(TreeHead("a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")?.size == 0)
    }
}
