import BillingEvents
import Kernel

/// Limits as they are written and shown. As arguments: `projects=20`, `members=10:soft`, `api_calls=unlimited`.
enum LimitText {
    /// - Throws: `Failure` with `USAGE`, naming the flag.
    static func parse(_ text: String, flag: String, as kind: EntitlementKind) throws(Failure) -> EntitlementGrant {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard sides.count == 2 else { throw unreadable(text, flag) }
        if sides[1] == "unlimited" { return EntitlementGrant(key: sides[0], kind: kind, quantity: nil) }
        let isSoft = sides[1].hasSuffix(":soft")
        let digits = isSoft ? sides[1].dropLast(":soft".count) : sides[1][...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw unreadable(text, flag)
        }
        guard let quantity = Int64(digits) else {
            throw Failure(
                .usage, "\(flag) \"\(text)\" is too large: a limit is \(Int64.max) at most",
                hint: "\(flag) \(sides[0])=unlimited forbids nothing")
        }
        return EntitlementGrant(key: sides[0], kind: kind, quantity: quantity, isSoft: isSoft)
    }

    /// For people: `20`, `20 (soft)`, `unlimited`.
    static func shown(_ limit: Int64?, isSoft: Bool) -> String {
        limit.map { isSoft ? "\($0) (soft)" : String($0) } ?? "unlimited"
    }

    private static func unreadable(_ text: String, _ flag: String) -> Failure {
        Failure(.usage, "\(flag) \"\(text)\" is no limit", hint: "KEY=NUMBER, KEY=NUMBER:soft or KEY=unlimited, as in projects=20")
    }
}
