import ArgumentParser
import Kernel

/// Turns what ArgumentParser says about a command line into the shape that all failures have here.
struct UsageDiagnosis {
    let call: CommandCall

    func failure(for error: any Error) -> Failure {
        let hint = "\(call.path) --help"
        switch Self.validationError(in: error) {
        case let failure as Failure: return failure
        case let error as any DomainError: return error.failure
        default: break
        }
        let message = Self.restyled(call.path.last.message(for: error))
        do {
            return try unknownFlag() ?? unusableValue(message) ?? Failure(.usage, message, hint: hint)
        } catch {
            return Failure(.usage, message, hint: hint, details: ["the flags of the command cannot be listed: \(error)"])
        }
    }

    /// What a command's own `validate()` threw. ArgumentParser wraps it in types that are not public, hence the reflection; should they
    /// change, the message below still says what is wrong.
    private static func validationError(in error: any Error) -> (any Error)? {
        Mirror(reflecting: error).descendant("parserError", "userValidationError") as? any Error
    }

    private func argumentsByName() throws -> [String: ArgumentDescription] {
        var names: [String: ArgumentDescription] = [:]
        for argument in try CommandDescription(of: call.path.last).arguments ?? [] {
            for name in argument.names ?? [] { names[name.text] = argument }
        }
        return names
    }

    /// ArgumentParser calls a value missing that begins with a dash, and quotes an empty one.
    private func unusableValue(_ message: String) throws -> Failure? {
        guard message.hasPrefix("missing value for") || message.contains("the value \"\" is invalid") else { return nil }
        let names = try argumentsByName()
        let words = call.arguments.prefix { $0 != "--" }
        for (word, next) in zip(words, words.dropFirst().map(Optional.some) + [nil]) {
            let name = String(word.prefix { $0 != "=" })
            guard let option = names[name], option.kind == .option else { continue }
            let usage = "\(call.path) \(name) <\(option.valueName ?? "value")>"
            if word == "\(name)=" || word == name && next == "" {
                return Failure(.usage, "the value of \"\(name)\" is empty", hint: usage)
            }
            guard word == name, let next, next.hasPrefix("-"), next != "-", option.parsingStrategy == "default" else { continue }
            let isFlag = names[String(next.prefix { $0 != "=" })] != nil
            return Failure(
                .usage, "missing value for \"\(name)\": \"\(next)\" is taken for a flag",
                hint: isFlag ? usage : line(call.arguments.replacing([word, next], with: ["\(name)=\(next)"], maxReplacements: 1)))
        }
        return nil
    }

    /// ArgumentParser complains about the consequences first (a missing value, an argument too many), so flags are looked at here.
    private func unknownFlag() throws -> Failure? {
        let names = try argumentsByName()
        var rest = call.arguments[...]
        while let argument = rest.popFirst(), argument != "--" {
            guard argument.hasPrefix("-"), argument.count > 1 else { continue }
            let name = String(argument.prefix { $0 != "=" })
            if let known = names[name] ?? names[String(argument.prefix(2))] {
                if known.kind == .option, name == argument { rest = rest.dropFirst() }
                continue
            }
            // A number that some operand is to be; flags have letters.
            if argument.dropFirst().first?.isNumber == true {
                return Failure(.usage, "\"\(argument)\" is taken for a flag", hint: line(operandsLast(names)))
            }
            let nearest = Spelling.nearest(to: name, among: names.keys.filter { $0.hasPrefix("--") }.sorted())
            var suggestion = nearest ?? "--help"
            if let nearest, let known = names[nearest], known.kind == .option { suggestion += " <\(known.valueName ?? "value")>" }
            return Failure(.usage, "unknown flag \"\(name)\" for \"\(call.path)\"", hint: "\(call.path) \(suggestion)")
        }
        return nil
    }

    /// The command line with other arguments, to be copied.
    private func line(_ arguments: [String]) -> String {
        ([call.path.description] + arguments.map(ShellWords.quoted)).joined(separator: " ")
    }

    /// The arguments in an order in which none that begins with a dash and a digit is taken for a flag.
    private func operandsLast(_ names: [String: ArgumentDescription]) -> [String] {
        var (flags, operands): ([String], [String]) = ([], [])
        var rest = call.arguments.prefix { $0 != "--" }[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("-"), argument.count > 1, argument.dropFirst().first?.isNumber != true else {
                operands.append(argument)
                continue
            }
            flags.append(argument)
            if names[argument]?.kind == .option, let value = rest.popFirst() { flags.append(value) }
        }
        return flags + ["--"] + operands + call.arguments.drop { $0 != "--" }.dropFirst()
    }

    /// Lower case first letter, double quotes, no full stop at the end, one line.
    static func restyled(_ message: String) -> String {
        var lines = message.split(separator: "\n").map { $0.trimmed }
        guard let first = lines.first else { return "the command line cannot be understood" }
        let firstWord = first.prefix { !$0.isWhitespace }
        if !firstWord.dropFirst().contains(where: \.isUppercase) { lines[0] = first.prefix(1).lowercased() + first.dropFirst() }
        var text = lines.joined(separator: " ")
        while text.hasSuffix(".") { text.removeLast() }
        return doubleQuoted(text.replacing(". Please", with: "; please"))
    }

    /// Single quotes around words become double ones; an apostrophe inside a word stays.
    private static func doubleQuoted(_ text: String) -> String {
        let characters = Array(text)
        var isOpen = false
        return String(
            characters.indices.map { index -> Character in
                guard characters[index] == "'" else { return characters[index] }
                let before = index > 0 ? characters[index - 1] : " "
                let after = index + 1 < characters.count ? characters[index + 1] : " "
                let opens = !isOpen && !(before.isLetter || before.isNumber)
                let closes = isOpen && !(after.isLetter || after.isNumber)
                guard opens || closes else { return "'" }
                isOpen = opens
                return "\""
            })
    }
}
