public import Testing

extension Trait where Self == TimeLimitTrait {
    /// Ends a test that hangs. A test's clock runs while the test waits for its turn, so that this is as long as all of them may take on a
    /// slow machine.
    public static var hangLimit: TimeLimitTrait { .timeLimit(.minutes(30)) }
}
