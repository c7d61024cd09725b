import Cryptography
import Testing

@Suite struct ConstantTimeTests {
    @Test func `bytes are equal where all of them are`() {
        #expect(ConstantTime.areEqual([], []))
        #expect(ConstantTime.areEqual([1, 2, 3], [1, 2, 3]))
        for other in [[], [1, 2], [1, 2, 3, 4], [0, 2, 3], [1, 0, 3], [1, 2, 0]] as [[UInt8]] {
            #expect(!ConstantTime.areEqual([1, 2, 3], other) && !ConstantTime.areEqual(other, [1, 2, 3]))
        }
    }
}
