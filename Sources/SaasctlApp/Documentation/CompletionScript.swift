import ArgumentParser
import CommandKit

/// What a shell evaluates to complete the program's commands: ArgumentParser's script, with what this program has of its own.
enum CompletionScript {
    /// - Throws: `DecodingError` where ArgumentParser describes the shared flags in a way that is not understood.
    static func text(root: any ParsableCommand.Type, shell: CompletionShell) throws -> String {
        let script = root.completionScript(for: shell)
        let lines = script.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let adapted =
            switch shell {
            case .bash: bash(lines)
            case .zsh: zsh(lines, try sharedFlags())
            case .fish: fish(lines, try sharedFlags(), program: root._commandName)
            default: lines
            }
        let text = adapted.joined(separator: "\n")
        return text.hasSuffix("\n") ? text : text + "\n"
    }

    /// The flags that may stand before a subcommand too, which ArgumentParser knows only behind it.
    private static func sharedFlags() throws -> [ArgumentDescription] {
        let all =
            try CommandDescription(of: GlobalOptions.self).visibleArguments + CommandDescription(of: MutationOptions.self).visibleArguments
        return all.filter { $0.names?.contains { $0.text == "--help" } != true }
    }

    /// How ArgumentParser describes the flag that only the root answers to; a command may have one of that name for something else.
    private static let versionHelp = "Show the version."

    /// Only the root answers to `--version`; and proposals are file names only where files are proposed, or bash would treat a slug that a
    /// folder happens to be called like as that folder.
    private static func bash(_ lines: [String]) -> [String] {
        lines.flatMap { line -> [String] in
            if line.hasPrefix("    non_repeating_flags=(") {
                return [line.replacing("--version ", with: "").replacing("--version", with: "")]
            }
            if line.hasPrefix("complete -o filenames ") { return [line.replacing("-o filenames ", with: "")] }
            if line == "        __saasctl_add_completions -f" { return ["        compopt -o filenames", line] }
            return [line]
        }
    }

    private static func zsh(_ lines: [String], _ shared: [ArgumentDescription]) -> [String] {
        let specs = shared.map { flag -> String in
            let names = (flag.names ?? []).map(\.text)
            let value = flag.kind == .option ? ":\(flag.valueName ?? "value"):" : ""
            return names.count == 1
                ? "        '\(names[0])\(value)'" : "        '(\(names.joined(separator: " ")))'{\(names.joined(separator: ","))}'\(value)'"
        }
        var hasVersion = false
        return lines.flatMap { line -> [String] in
            if line.hasPrefix("        '--version[\(versionHelp)]") {
                defer { hasVersion = true }
                return hasVersion ? [] : [line]
            }
            return line == "        '(-): :->command'" ? specs + [line] : [line]
        }
    }

    private static func fish(_ lines: [String], _ shared: [ArgumentDescription], program: String) -> [String] {
        let names = shared.map { flag -> String in
            let names = (flag.names ?? []).sorted { $0.name.count < $1.name.count }.map(\.name).joined(separator: "/")
            return "'\(names)\(flag.kind == .option ? "=" : "")' "
        }
        let group = "__\(program)_parse_subcommand 0 "
        return lines.compactMap { line in
            if line.contains(" -l 'version' -d '\(versionHelp)'") && !line.contains("\"\(program)\" version'") { return nil }
            return line.replacing("\(group)'version' 'h/help'", with: "\(group)\(names.joined())'version' 'h/help'")
        }
    }
}
