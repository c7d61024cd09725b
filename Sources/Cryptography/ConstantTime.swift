import COpenSSL

/// Comparisons that tell nobody who measures them how much was right.
public enum ConstantTime {
    /// Whether both are the same bytes. How long it takes depends on how many there are, and not on which (CRYPTO_memcmp(3)).
    public static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
