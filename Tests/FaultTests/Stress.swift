import TestSupport

/// How much of the random faults there is to be.
enum Stress {
    /// 1 unless `SAASCTL_TEST_STRESS` says more.
    static let factor = ProcessVariables["SAASCTL_TEST_STRESS"].flatMap(Int.init) ?? 1

    /// `SOAK_SECONDS`; `nil` where there is to be no soak.
    static let soakSeconds = ProcessVariables["SOAK_SECONDS"].flatMap(Int.init)
    /// `SOAK_SEED`, or one that nobody has chosen.
    static let soakSeed = ProcessVariables["SOAK_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 1...999_999)
}
