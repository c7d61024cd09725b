import ArgumentParser
import Audit
import CommandKit
import Kernel

struct AuditTail: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Show the last entries of the audit log, and those that come.",
        discussion: """
            In the order of the tree, so that each entry comes once. One that the worker has brought but not yet given its place comes when \
            it has it.

            With --follow it looks for new entries until Ctrl-C ends it (exit 130). With -o json each entry is then a document on a line of its \
            own, and without --follow they are one list.

            Example: saasctl audit tail --follow --org acme -o json | jq .event
            """)

    @OptionGroup var conditions: AuditConditions

    @Option(help: ArgumentHelp("How many to begin with, 0 to 1000.", valueName: "count"))
    var lines = 10

    @Flag(name: .shortAndLong, help: "Go on with what comes.")
    var follow = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    /// Between two looks, each of which costs the end of an index.
    private static let pause = Duration.milliseconds(500)

    func validate() throws {
        guard (0...1_000).contains(lines) else { throw ValidationError("--lines must be between 0 and 1000") }
    }

    func run(_ context: CommandContext) async throws {
        let filter = try await conditions.filter(context)
        let (size, last) = try await context.read("audit") { session in
            let size = try AuditService.size(in: session)
            let last = try AuditService.last(lines, filter, within: size, in: session)
            return (size, try last.map { try AuditEntry($0) })
        }
        guard follow else { return try context.renderer.list(Page(all: last)) }
        do {
            try await follow(from: size, after: last, filter, context)
        } catch is CancellationError {
            // Ending it is how it is meant to end: no word about it.
            throw SilentExit(.interrupted)
        }
    }

    /// - Throws: `CancellationError` when it is told to end.
    private func follow(from size: Int64, after last: [AuditEntry], _ filter: AuditFilter, _ context: CommandContext) async throws {
        var lines = EntryLines(context: context)
        try lines.write(last)
        var next = size
        while true {
            try Task.checkCancellation()
            let begin = next
            let end = try await context.read("audit") { try AuditService.size(in: $0) }
            // In steps, so that what is held does not grow with what has come.
            while next < end {
                let step = next..<min(end, next + 500)
                let entries = try await context.read("audit") { session in
                    var entries: [AuditEntry] = []
                    try AuditService.read(step, filter, in: session) { entries.append(try AuditEntry($0)) }
                    return entries
                }
                try lines.write(entries)
                next = step.upperBound
            }
            if next == begin { try await Task.sleep(for: Self.pause) }
        }
    }
}

/// Entries that are shown as they come: objects one by one, or a table without an end.
private struct EntryLines {
    let context: CommandContext
    private var hasHeader = false

    init(context: CommandContext) {
        self.context = context
    }

    mutating func write(_ entries: [AuditEntry]) throws {
        guard !entries.isEmpty else { return }
        guard context.output == .table else { return try entries.forEach { try context.renderer.object($0) } }
        let showsHeaders = !hasHeader && !context.global.noHeaders
        try Renderer(io: context.io, format: .table, showsHeaders: showsHeaders, color: context.color, isQuiet: true)
            .list(Page(all: entries))
        hasHeader = true
    }
}
