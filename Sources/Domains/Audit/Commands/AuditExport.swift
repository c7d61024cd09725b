import ArgumentParser
import Audit
import CommandKit
import Kernel

struct AuditExport: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write entries as JSON lines, in the order of the tree.",
        discussion: """
            One object a line, whatever --output says, with all that the hash of an event and its leaf are made of; "data" is the text as it is \
            stored. docs/audit.md shows how others check it. Entries without a place in the tree are left out: the worker gives it.

            Examples:

              saasctl audit export >audit.jsonl
              saasctl audit export --from 500000 --to 600000
              saasctl audit export --org acme --since 2026-11-01 | jq '.data | fromjson'
            """)

    @Option(help: ArgumentHelp("The first leaf, counted from 0.", valueName: "leaf"))
    var from: Int64 = 0

    @Option(help: ArgumentHelp("Up to but without this leaf; otherwise all there are.", valueName: "leaf"))
    var to: Int64?

    @OptionGroup var conditions: AuditConditions
    @OptionGroup var period: AuditPeriod
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if from < 0 { throw ValidationError("--from must not be negative") }
        if let to, to < from { throw ValidationError("--to must not be smaller than --from") }
    }

    func run(_ context: CommandContext) async throws {
        var filter = try await conditions.filter(context)
        period.narrow(&filter)
        let leaves = from..<(to ?? .max)
        try await context.read("audit") { [filter] session in
            var lines = ""
            try AuditService.read(leaves, filter, in: session) { record in
                lines += try JSONCoding.encode(ExportedEntry(record)) + "\n"
                if lines.utf8.count >= 1 << 16 {
                    try context.io.write(lines)
                    lines = ""
                }
            }
            try context.io.write(lines)
        }
    }
}
