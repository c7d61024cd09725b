import ArgumentParser
import Audit
import CommandKit
import FoundationEssentials
import Kernel
import Outbox
import Postgres

struct AuditVerify: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check that the audit log is what was written.",
        discussion: """
            Computes the hash of every entry, its leaf, and every head of the tree (RFC 9162, section 2.1) anew from what is stored, and names \
            each entry that was altered, taken out, put in or moved. Exits 8 where there is a finding.

            With --against it also checks that the log goes on from heads that were kept elsewhere, such as the file that "audit head" appends \
            to: only those show a log that was cut off, or written anew as a whole. With --complete it compares the log with all outboxes: every \
            event that the log's lane has passed has one entry with the same hash, dropped partitions by their recorded number and hash.

            With --proof it checks what "audit prove" has written, and needs neither a database nor a profile. Without --key or --against it \
            only tells that the proof fits the head that it carries.

            Examples:

              saasctl audit verify --complete --against /mnt/worm/heads
              saasctl audit verify --proof proof.json --key "$(cat audit.key)"
            """)

    @Option(help: ArgumentHelp("A file of heads that the log has to go on from; - is standard input.", valueName: "file"))
    var against: String?

    @Flag(help: "Compare the log with the outboxes of all services.")
    var complete = false

    @Option(help: ArgumentHelp("Check an inclusion proof instead of the log; - is standard input.", valueName: "file"))
    var proof: String?

    @OptionGroup var keys: VerifierKeys
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if proof != nil, complete { throw ValidationError("--proof checks without a database, and --complete needs all of them") }
        if proof == "-", against == "-" { throw ValidationError("only one of --proof and --against can be standard input") }
        if proof == nil, against == nil, !keys.key.isEmpty { throw ValidationError("--key is for --against and --proof") }
    }

    func run(_ context: CommandContext) async throws {
        if let proof { return try ProofCheck(path: proof, against: against, keys: keys.key).run(context) }
        var kept: [TreeHead] = []
        if let against {
            let heads = try context.heads(from: against, flag: "--against")
            try HeadFile.checkSignatures(of: heads, by: try keys.verifiers(context))
            kept = heads.map(\.head)
        }
        let sources = context.services.names
        let moment = TransactionOptions(isolation: .repeatableRead, readOnly: true)
        var verification = try await context.services.connection(to: "audit").transaction(moment) { [kept] in
            try AuditVerifier.verify(sources: sources, against: kept, in: $0)
        }
        if complete {
            verification.completeness = []
            for source in sources {
                context.progress("comparing with the outbox of \(source)")
                let (compared, found) = try await SourceComparison(source: source, context: context).run()
                if let compared { verification.completeness?.append(compared) }
                verification.add(found)
            }
        }
        try context.renderer.object(verification)
        guard let first = verification.findings.first else { return }
        let others = verification.findingCount - 1
        throw Failure(
            ErrorCode("AUDIT_DAMAGED", .pending),
            "the audit log is not what was written: \(first.message)" + (others > 0 ? ", and \(others) more" : ""))
    }
}

/// Compares the log with one outbox.
private struct SourceComparison {
    let source: String
    let context: CommandContext

    /// Attempts, between which a partition was dropped.
    private static let attempts = 5

    /// - Returns: what was compared; `nil` where the outbox is another one than the log has read.
    func run() async throws -> (SourceCompleteness?, AuditFindings) {
        for _ in 1...Self.attempts {
            let before = try await context.read(source) { try OutboxCensus.drops(in: $0) }
            let moment = TransactionOptions(isolation: .repeatableRead, readOnly: true)
            let reach = try await context.services.connection(to: "audit").transaction(moment) { [source] in
                try AuditCensus.reach(into: source, in: $0)
            }
            let census = try await context.read(source) { [source] session -> SourceCensus? in
                if let epoch = reach.head?.epoch, try WindowReader(source: source).identify(in: session) != epoch { return nil }
                let blocks = try OutboxCensus.blocks(passedBy: reach.head?.checkpoint ?? .start, in: session)
                return SourceCensus(
                    drops: try OutboxCensus.drops(in: session), rebases: try OutboxCensus.rebases(in: session), blocks: blocks)
            }
            guard let census else { return (nil, AuditCensus.replaced(source)) }
            // What was dropped meanwhile was in neither.
            guard census.drops == before else { continue }
            return try await compare(census, reach)
        }
        throw Failure(.databaseBusy, "partitions of \"\(source)\" are dropped all the time", hint: "try again when db prune has ended")
    }

    private func compare(_ census: SourceCensus, _ reach: AuditReach) async throws -> (SourceCompleteness, AuditFindings) {
        var comparison = try await context.read("audit") { try AuditCensus.compare(census, with: reach, in: $0) }
        for block in comparison.blocks.prefix(AuditCensus.mostBlocks) {
            let events = try await context.read(source) {
                try OutboxCensus.events(inBlock: block, passedBy: reach.head?.checkpoint ?? .start, in: $0)
            }
            comparison.add(
                try await context.read("audit") {
                    try AuditCensus.judge(block: block, events: events, of: census, with: reach, in: $0)
                })
        }
        comparison.judgeRest(of: census)
        return (comparison.completeness, comparison.findings)
    }
}
