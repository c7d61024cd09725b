public import Testing

/// Gives each test databases of its own, as `TestDatabases.current`.
///
/// On a suite it holds for each of its tests, and each gets fresh ones.
public struct DatabasesTrait: TestTrait, SuiteTrait, TestScoping {
    private let services: [String]
    public let isRecursive = true

    fileprivate init(_ services: [String]) {
        self.services = services
    }

    public func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void) async throws {
        // A suite that the trait stands on is no test; its tests inherit the trait.
        guard !test.isSuite else { return try await function() }
        try await TestDatabases.lend(services) { _ in try await function() }
    }
}

extension Trait where Self == DatabasesTrait {
    /// Fresh, migrated databases of these services, as `TestDatabases.current`.
    public static func databases(_ services: String...) -> DatabasesTrait {
        DatabasesTrait(services)
    }
}
