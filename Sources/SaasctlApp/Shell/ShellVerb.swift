import Kernel

/// What the words of a line mean to the shell: a few verbs of its own, otherwise a command.
enum ShellVerb: Equatable {
    case command([String])
    case help
    /// `nil` for no organization.
    case useOrganization(String?)
    case leave

    /// The shell's own words, for completion.
    static let words = ["help", "use", "exit", "quit"]

    static let helpText = """

        IN THIS CONSOLE:
          use org <organization>  Work on this organization from now on; without a name, on none.
          exit, quit, Ctrl-D      Leave.
          Ctrl-C                  Give up the line, or cancel the command that runs.

        """

    /// - Returns: `nil` for no words.
    /// - Throws: `Failure` with `USAGE` for a verb of the shell with other words than it takes.
    init?(words: [String]) throws(Failure) {
        // Lines are pasted from documentation and hints, which begin with the program's name.
        let words = words.first == "saasctl" ? Array(words.dropFirst()) : words
        switch words.first {
        case nil: return nil
        case "exit", "quit", "\\q":
            guard words.count == 1 else { throw Failure(.usage, "\"\(words[0])\" takes no arguments") }
            self = .leave
        case "help" where words.count == 1, "\\?" where words.count == 1: self = .help
        case "use":
            guard words.count == 2 || words.count == 3, words[1] == "org" else {
                throw Failure(.usage, "\"use\" takes \"org\" and an organization", hint: "use org acme")
            }
            self = .useOrganization(words.count == 3 ? words[2] : nil)
        default: self = .command(words)
        }
    }
}
