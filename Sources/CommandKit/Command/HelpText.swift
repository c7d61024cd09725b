import ArgumentParser

/// ArgumentParser's help screens, arranged for people: what is special about a command first, what all commands share last.
enum HelpText {
    /// - Parameter columns: how wide a line may be.
    static func text(for path: CommandPath, columns: Int) -> String {
        let isRoot = path.types.count == 1
        var screen = Screen(path.types[0].helpMessage(for: path.last, columns: columns))
        if isRoot {
            var shared = Screen(GlobalOptions.helpMessage(columns: columns)).sections[0]
            shared.title = "GLOBAL OPTIONS:"
            shared.lines.removeAll { $0.hasPrefix("  -h, --help") }
            screen.sections.append(shared)
        } else {
            // Only the root answers to it.
            screen.removeLine("  --version               Show the version.")
        }
        return screen.text
    }

    private struct Section {
        var title: String
        var lines: [String]

        /// A named group of subcommands goes by its name alone.
        var heading: String {
            title.hasSuffix(" SUBCOMMANDS:") ? "\(title.dropLast(" SUBCOMMANDS:".count)):" : title
        }

        var rank: Int {
            switch title {
            case "ARGUMENTS:": 0
            case _ where title.hasSuffix("SUBCOMMANDS:"): 1
            case "OPTIONS:": 2
            case "GLOBAL OPTIONS:": 4
            default: 3
            }
        }
    }

    /// A help screen taken apart at its headings.
    private struct Screen {
        private var head: [String] = []
        var sections: [Section] = []
        private var foot: [String] = []

        init(_ text: String) {
            var isBehindUsage = false
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
                isBehindUsage = isBehindUsage || line.hasPrefix("USAGE:")
                if isBehindUsage, line.hasSuffix(":"), line.allSatisfy({ $0.isUppercase || $0 == " " || $0 == ":" }) {
                    sections.append(Section(title: line, lines: []))
                } else if line.hasPrefix("  See '") {
                    foot.append(line)
                } else if sections.isEmpty {
                    head.append(line)
                } else if !line.isEmpty {
                    sections[sections.count - 1].lines.append(line)
                }
            }
        }

        mutating func removeLine(_ line: String) {
            for index in sections.indices { sections[index].lines.removeAll { $0 == line } }
        }

        var text: String {
            var blocks = [head.joined(separator: "\n").trimmed]
            let ranked = sections.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
            blocks += ranked.filter { !$0.element.lines.isEmpty }.map { ([$0.element.heading] + $0.element.lines).joined(separator: "\n") }
            if !foot.isEmpty { blocks.append(foot.joined(separator: "\n")) }
            return blocks.joined(separator: "\n\n") + "\n"
        }
    }
}
