public import ArgumentParser

/// A leaf of the command tree.
///
/// It declares its flags, judges in `validate()` what needs no I/O, and does its work in ``run(_:)`` on a context that tests replace. The
/// framework's own `run()` is never called: ``CommandRunner`` makes the context and calls ``run(_:)``.
public protocol SaasctlCommand: AsyncParsableCommand, Sendable {
    /// Declare it as `@OptionGroup(title: "Global options") var global: GlobalOptions`.
    var global: GlobalOptions { get }

    /// Whether `--as` has a meaning here: a user may do this, under rules that the command enforces. Otherwise the flag is refused, because
    /// ignoring it would grant what it is meant to take away.
    static var actsForUsers: Bool { get }

    /// - Throws: `Failure`, a `DomainError`, or anything that a mapping of ``FailureMapping`` knows.
    func run(_ context: CommandContext) async throws
}

extension SaasctlCommand {
    public static var actsForUsers: Bool { false }
}
