import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Sandbox

struct SandboxClockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "Shift the sandbox's clock, to live through periods in a script.",
        subcommands: [ClockSet.self, ClockAdvance.self, ClockReset.self])
}

struct ClockSet: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set the clock; it runs on from there.", discussion: "Example: saasctl sandbox clock set 2027-01-01")

    @Argument(help: "The new time (RFC 3339, or a date, which is midnight UTC).", transform: { try TimestampText.parse($0) })
    var time: Timestamp

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        try context.refuseIfRunIsReadOnly()
        let now = try await context.sandbox().setClock(to: time)
        context.noteChange()
        try context.renderer.object(SandboxTime(now: now))
    }
}

struct ClockAdvance: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "advance", abstract: "Put the clock forward.", discussion: "Example: saasctl sandbox clock advance 14d")

    @Argument(help: "By how much: 30s, 5m, 2h, 14d.", transform: { try DurationText.parse($0) })
    var duration: Duration

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        try context.refuseIfRunIsReadOnly()
        let now = try await context.sandbox().advanceClock(by: duration)
        context.noteChange()
        try context.renderer.object(SandboxTime(now: now))
    }
}

struct ClockReset: SaasctlCommand {
    static let configuration = CommandConfiguration(commandName: "reset", abstract: "Let the clock agree with the machine's again.")

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        try context.refuseIfRunIsReadOnly()
        let now = try await context.sandbox().resetClock()
        context.noteChange()
        try context.renderer.object(SandboxTime(now: now))
    }
}

/// What the sandbox's clock says.
struct SandboxTime: Renderable {
    let now: Timestamp

    static let resourceKind = "SandboxClock"
    static let fields = [Column<SandboxTime>("now") { $0.now }]
    var identifier: String { now.description }
}
