import Kernel
import Yams

/// What one `config.yaml` says.
struct ConfigurationFile: Sendable {
    var defaultProfile: String?
    var profiles: [String: ProfileSettings] = [:]

    private static let keys = ["profile", "profiles"]
    private static let profileKeys = [
        "databases", "owner_databases", "protected", "read_only", "require_reason", "color", "key_file", "clock_file",
        "outbox_retention", "password_cost", "token_issuer", "token_audience", "audit_heads",
        "audit_origin",
    ]

    /// - Parameters:
    ///   - path: absolute; relative paths inside count from its folder.
    ///   - home: what `~` stands for in paths.
    /// - Returns: `nil` where there is no such file. YAML is not touched then.
    static func read(_ path: String, home: String?, services: [String]) throws(ConfigurationError) -> ConfigurationFile? {
        let contents: TextFile.Contents
        do {
            guard let found = try TextFile.contents(of: path) else { return nil }
            contents = found
        } catch {
            throw .unreadable(file: path, reason: error.reason)
        }
        guard let text = String(validating: contents.bytes, as: UTF8.self) else {
            throw .unreadable(file: path, reason: "it is not UTF-8 text")
        }
        return try Reader(file: path, home: home, services: services).file(text)
    }

    /// Walks the nodes of one file and names file and line in all that it refuses.
    private struct Reader {
        let file: String
        let home: String?
        let services: [String]

        func file(_ text: String) throws(ConfigurationError) -> ConfigurationFile {
            var result = ConfigurationFile()
            guard let root = try parse(text), !isNull(root) else { return result }
            for (key, value) in try mapping(root, "the file") {
                switch key.name {
                case "profile": result.defaultProfile = try string(value, key.name)
                case "profiles":
                    if isNull(value) { continue }
                    for (name, settings) in try mapping(value, "\"profiles\"") {
                        guard name.name != Profile.sandboxName else {
                            throw invalid(name.line, "the name \"sandbox\" belongs to the built-in sandbox", hint: "choose another name")
                        }
                        result.profiles[name.name] = try profile(settings, name.name)
                    }
                default: throw unknown(key, among: ConfigurationFile.keys, place: "")
                }
            }
            return result
        }

        private func profile(_ node: Node, _ name: String) throws(ConfigurationError) -> ProfileSettings {
            var settings = ProfileSettings()
            for (key, value) in try mapping(node, "the profile \"\(shown(name))\"") {
                switch key.name {
                case "databases": settings.databases = try databases(value, key.name)
                case "owner_databases": settings.ownerDatabases = try databases(value, key.name)
                case "protected": settings.protected = try flag(value, key.name)
                case "read_only": settings.readOnly = try flag(value, key.name)
                case "require_reason": settings.requireReason = try flag(value, key.name)
                case "color": settings.color = try color(value)
                case "key_file": settings.keyFile = try path(value, key.name)
                case "clock_file": settings.clockFile = try path(value, key.name)
                case "outbox_retention": settings.outboxRetention = try duration(value, key.name)
                case "password_cost": settings.passwordCost = try passwordCost(value, key.name)
                case "token_issuer": settings.tokenIssuer = try string(value, key.name)
                case "token_audience": settings.tokenAudience = try string(value, key.name)
                case "audit_heads": settings.auditHeads = try path(value, key.name)
                case "audit_origin": settings.auditOrigin = try origin(value, key.name)
                default: throw unknown(key, among: ConfigurationFile.profileKeys, place: " in the profile \"\(shown(name))\"")
                }
            }
            return settings
        }

        private func databases(_ node: Node, _ key: String) throws(ConfigurationError) -> ServiceDatabases {
            if node.scalar != nil {
                let text = try string(node, key)
                guard text.contains(ServiceDatabases.placeholder) else {
                    throw invalid(
                        node, "\"\(key)\" has no {service}, so all services would share one database",
                        hint: "write {service} where the service's name belongs, or one connection string per service")
                }
                return ServiceDatabases(pattern: text)
            }
            var result = ServiceDatabases()
            for (service, value) in try mapping(node, "\"\(key)\"") {
                guard services.contains(service.name) else {
                    throw unknown(service, among: services, place: " under \"\(key)\"", what: "service")
                }
                result.named[service.name] = ConnectionString(try string(value, service.name))
            }
            return result
        }

        private func color(_ node: Node) throws(ConfigurationError) -> ColorPreference {
            let text = try string(node, "color")
            guard let color = ColorPreference(rawValue: text) else {
                let known = ColorPreference.allCases.map(\.rawValue)
                let nearest = Spelling.nearest(to: text, among: known)
                throw invalid(
                    node, "\"color\" is \"\(shown(text))\"",
                    hint: nearest.map { "did you mean \"\($0)\"" } ?? "use one of \(known.joined(separator: ", "))")
            }
            return color
        }

        private func duration(_ node: Node, _ key: String) throws(ConfigurationError) -> Duration {
            guard let duration = Duration(text: try string(node, key)) else {
                throw invalid(node, "\"\(key)\" must be a duration", hint: "write a number above zero and a unit (h or d), such as 30d")
            }
            return duration
        }

        private func passwordCost(_ node: Node, _ key: String) throws(ConfigurationError) -> Int {
            guard let cost = ProfileSettings.passwordCost(try string(node, key)) else {
                throw invalid(node, "\"\(key)\" must be \(ProfileSettings.passwordCostRange)", hint: nil)
            }
            return cost
        }

        private func origin(_ node: Node, _ key: String) throws(ConfigurationError) -> String {
            let text = try string(node, key)
            guard ProfileSettings.isOrigin(text) else {
                throw invalid(node, "\"\(key)\" \(ProfileSettings.originRule)", hint: ProfileSettings.originHint)
            }
            return text
        }

        private func path(_ node: Node, _ key: String) throws(ConfigurationError) -> String {
            let text = try string(node, key)
            if text.hasPrefix("/") { return text }
            if text == "~" || text.hasPrefix("~/") {
                guard let home else { throw invalid(node, "\"\(key)\" starts with ~, but HOME is not set", hint: "write the whole path") }
                return home + text.dropFirst()
            }
            let folder = file.lastIndex(of: "/").map { file[...$0] } ?? ""
            return folder + text
        }

        // MARK: Nodes

        private func parse(_ text: String) throws(ConfigurationError) -> Node? {
            do {
                return try Yams.compose(yaml: text)
            } catch let error as YamlError {
                throw problem(error)
            } catch {
                throw invalid(nil as Int?, "it is not YAML", hint: nil)
            }
        }

        /// libyaml's own words, which quote nothing of the file, so that no password can be among them.
        private func problem(_ error: YamlError) -> ConfigurationError {
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
                invalid(mark.line, "it is not YAML: \(problem)", hint: nil)
            case .duplicatedKeysInMapping(let duplicates, let context):
                invalid(
                    context.mark.line, "the key \"\(duplicates.map(shown).joined(separator: "\", \""))\" appears twice", hint: "keep one")
            default: invalid(nil as Int?, "it is not YAML", hint: nil)
            }
        }

        private struct Key {
            let name: String
            let line: Int?
        }

        private func mapping(_ node: Node, _ what: String) throws(ConfigurationError) -> [(Key, Node)] {
            guard let mapping = node.mapping else { throw invalid(node, "\(what) must be a mapping of keys to values", hint: nil) }
            var pairs: [(Key, Node)] = []
            for (key, value) in mapping {
                guard let name = key.scalar?.string else { throw invalid(key, "a key in \(what) is not a word", hint: nil) }
                pairs.append((Key(name: name, line: key.mark?.line), value))
            }
            return pairs
        }

        private func string(_ node: Node, _ key: String) throws(ConfigurationError) -> String {
            guard let scalar = node.scalar, !isNull(node), !scalar.string.isEmpty else {
                throw invalid(node, "\"\(key)\" must be a text", hint: nil)
            }
            return scalar.string
        }

        private func flag(_ node: Node, _ key: String) throws(ConfigurationError) -> Bool {
            guard let value = node.bool else { throw invalid(node, "\"\(key)\" must be true or false", hint: nil) }
            return value
        }

        private func isNull(_ node: Node) -> Bool {
            node.scalar != nil && node.null != nil
        }

        // MARK: Refusals

        private func invalid(_ node: Node, _ problem: String, hint: String?) -> ConfigurationError {
            invalid(node.mark?.line, problem, hint: hint)
        }

        private func invalid(_ line: Int?, _ problem: String, hint: String?) -> ConfigurationError {
            .invalid(file: file, line: line, problem: problem, hint: hint)
        }

        private func unknown(_ key: Key, among known: [String], place: String, what: String = "key") -> ConfigurationError {
            let nearest = Spelling.nearest(to: key.name, among: known)
            return invalid(
                key.line, "unknown \(what) \"\(shown(key.name))\"\(place)",
                hint: nearest.map { "did you mean \"\($0)\"" } ?? "known: \(known.joined(separator: ", "))")
        }

        /// A slip of indentation can make a connection string a key, password and all.
        private func shown(_ name: String) -> String {
            let isPlain = name.count <= 40 && name.allSatisfy { $0.isLetter || $0.isNumber || "_- .".contains($0) }
            return isPlain ? name : "…"
        }
    }
}
