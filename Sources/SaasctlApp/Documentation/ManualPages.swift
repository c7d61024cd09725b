import CommandKit
import Kernel

/// The manual: one page for the program, one for each command below it.
struct ManualPages {
    struct Page {
        let name: String
        let text: String
    }

    private let tree: CommandDescription
    private let globalFlags: CommandDescription
    private let globalNames: Set<String>

    init(tree: CommandDescription) throws {
        self.tree = tree
        globalFlags = try CommandDescription(of: GlobalOptions.self)
        globalNames = Set((globalFlags.arguments ?? []).flatMap { $0.names ?? [] }.map(\.text))
    }

    func all() throws -> [Page] {
        [programPage()] + tree.visibleSubcommands.map(commandPage)
    }

    private func programPage() -> Page {
        var page = Roff(title: tree.commandName)
        page.section("NAME")
        page.text("\(tree.commandName) - \(Self.phrase(tree.abstract))")
        page.section("SYNOPSIS")
        page.synopsis("\(tree.commandName) [global flags] <command> [<subcommand>] [<argument>...] [flags]")
        describe(tree, &page)
        page.section("COMMANDS")
        for command in tree.visibleSubcommands {
            page.item(pageName(command) + "(1)", command.abstract ?? "")
        }
        page.section("GLOBAL FLAGS")
        page.text("Every command understands them, before or behind its name.")
        list((globalFlags.arguments ?? []).filter(\.shouldDisplay), &page)
        page.section("EXIT STATUS")
        for status in ExitStatus.allCases {
            page.item(String(status.rawValue), status.meaning)
        }
        page.section("ENVIRONMENT")
        for variable in EnvironmentVariable.allCases {
            page.item(variable.rawValue, variable.meaning)
        }
        page.section("SEE ALSO")
        page.text(tree.visibleSubcommands.map { pageName($0) + "(1)" }.joined(separator: ", "))
        return Page(name: tree.commandName, text: page.result)
    }

    private func commandPage(_ command: CommandDescription) -> Page {
        var page = Roff(title: pageName(command))
        page.section("NAME")
        page.text("\(pageName(command)) - \(Self.phrase(command.abstract))")
        let leaves = leaves(of: command, path: "\(tree.commandName) \(command.commandName)")
        page.section("SYNOPSIS")
        for leaf in leaves { page.synopsis(synopsis(of: leaf)) }
        describe(command, &page)
        if command.visibleSubcommands.isEmpty {
            page.section("FLAGS")
            list(ownArguments(of: command), &page)
        } else {
            page.section("COMMANDS")
            for leaf in leaves {
                page.subsection(leaf.path)
                if let abstract = leaf.command.abstract { page.text(abstract) }
                if let discussion = leaf.command.discussion { page.paragraphs(discussion) }
                if let aliases = leaf.command.aliases { page.text("Also called \(aliases.joined(separator: ", ")).") }
                list(ownArguments(of: leaf.command), &page)
            }
        }
        page.section("SEE ALSO")
        page.text("\(tree.commandName)(1), for the global flags and the exit status")
        return Page(name: pageName(command), text: page.result)
    }

    private struct Leaf {
        let path: String
        let command: CommandDescription
        let isDefault: Bool
    }

    private func leaves(of command: CommandDescription, path: String, isDefault: Bool = false) -> [Leaf] {
        let children = command.visibleSubcommands
        guard !children.isEmpty else { return [Leaf(path: path, command: command, isDefault: isDefault)] }
        return children.flatMap {
            leaves(of: $0, path: "\(path) \($0.commandName)", isDefault: $0.commandName == command.defaultSubcommand)
        }
    }

    private func synopsis(of leaf: Leaf) -> String {
        let arguments = ownArguments(of: leaf.command)
        let required = arguments.filter { $0.kind == .option && !$0.isOptional }.map(\.term)
        let hasOptional = arguments.contains { $0.kind != .positional && $0.isOptional }
        let positional = arguments.filter { $0.kind == .positional }.map { argument in
            let name = argument.term + (argument.isRepeating ? "..." : "")
            return argument.isOptional ? "[\(name)]" : name
        }
        var path = leaf.path
        if leaf.isDefault, let space = path.lastIndex(of: " ") {
            path = "\(path[..<space]) [\(path[path.index(after: space)...])]"
        }
        return ([path] + positional + required + (hasOptional ? ["[flags]"] : [])).joined(separator: " ")
    }

    private func describe(_ command: CommandDescription, _ page: inout Roff) {
        guard command.abstract != nil || command.discussion != nil else { return }
        page.section("DESCRIPTION")
        if let abstract = command.abstract { page.text(abstract) }
        if let discussion = command.discussion { page.paragraphs(discussion) }
    }

    private func list(_ arguments: [ArgumentDescription], _ page: inout Roff) {
        for argument in arguments {
            var meaning = argument.abstract ?? ""
            if let values = argument.allValues { meaning += " One of: \(values.joined(separator: ", "))." }
            if let standard = argument.defaultValue { meaning += " Default: \(standard)." }
            page.item(argument.term, meaning)
            if let discussion = argument.discussion { page.indentedParagraphs(discussion) }
        }
    }

    /// What belongs to this command alone: neither the global flags nor `--help`.
    private func ownArguments(of command: CommandDescription) -> [ArgumentDescription] {
        command.visibleArguments.filter { argument in
            !argument.asksForVersion && !(argument.names ?? []).contains { globalNames.contains($0.text) || $0.text == "--help" }
        }
    }

    private func pageName(_ command: CommandDescription) -> String {
        "\(tree.commandName)-\(command.commandName)"
    }

    /// As `NAME` has it: lower case, no full stop (man-pages(7)).
    private static func phrase(_ abstract: String?) -> String {
        guard var text = abstract, let first = text.first else { return "undocumented" }
        if text.hasSuffix(".") { text.removeLast() }
        return first.lowercased() + text.dropFirst()
    }
}

extension ArgumentDescription {
    /// `-o, --output <format>` or `<slug>`.
    fileprivate var term: String {
        let names = names ?? []
        let value = "<\(valueName ?? "value")>"
        guard !names.isEmpty else { return value }
        let listed = names.sorted { $0.name.count < $1.name.count }.map(\.text).joined(separator: ", ")
        return kind == .option ? "\(listed) \(value)" : listed
    }
}

extension ExitStatus {
    /// For the manual.
    fileprivate var meaning: String {
        switch self {
        case .success: "Success; also an empty list or a repetition that changed nothing."
        case .failure: "An unexpected failure."
        case .notFound: "A named object does not exist."
        case .denied: "Not authenticated, or not permitted."
        case .conflict: "A conflict: the object exists already, its version is stale, or a rule forbids the change."
        case .refused: "Refused: a confirmation is needed, or the profile is read-only or protected."
        case .pending: "Something is pending or unhealthy."
        case .partial: "Some lines or rows of a bulk run failed."
        case .usage: "The command line cannot be understood."
        case .unavailable: "A database or another service cannot be reached."
        case .tryAgain: "Try again later: a lock is held or a limit is hit."
        case .configuration: "The configuration is wrong or missing, or a schema is outdated."
        case .timedOut: "The time was up."
        case .interrupted: "Interrupted (SIGINT)."
        case .terminated: "Terminated (SIGTERM)."
        }
    }
}
