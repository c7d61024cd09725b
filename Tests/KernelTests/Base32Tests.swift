import Kernel
import Testing

@Suite struct Base32Tests {
    /// RFC 4648, section 10, without the padding.
    @Test(arguments: [
        ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI"),
    ])
    func `the letters are those of RFC 4648`(text: String, letters: String) {
        #expect(Base32.encode(Array(text.utf8)) == letters)
    }
}
