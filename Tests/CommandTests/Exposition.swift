import Testing

/// Metrics, read by the grammar of the text format, version 0.0.4: prometheus.io/docs/instrumenting/exposition_formats, "Text format details".
struct Exposition {
    struct Sample: Hashable {
        let name: String
        let labels: [String: String]
        let value: Double

        static func == (left: Sample, right: Sample) -> Bool { left.name == right.name && left.labels == right.labels }

        func hash(into hasher: inout Hasher) {
            hasher.combine(name)
            hasher.combine(labels)
        }
    }

    /// A line that the grammar does not allow, or that stands where it must not.
    struct Fault: Error {
        let line: String
        let reason: String
    }

    private(set) var types: [String: String] = [:]
    private(set) var samples: [Sample] = []
    private var helped: Set<String> = []
    private var ended: Set<String> = []
    private var current: String?

    init(_ text: String) throws {
        guard text.isEmpty || text.hasSuffix("\n") else { throw Fault(line: String(text.suffix(40)), reason: "the last line must end") }
        for line in text.split(separator: "\n") { try read(String(line)) }
        guard Set(samples).count == samples.count else { throw Fault(line: "", reason: "a combination of name and labels is there twice") }
    }

    subscript(_ name: String, _ labels: [String: String]) -> Double? {
        samples.first { $0.name == name && $0.labels == labels }?.value
    }

    private mutating func read(_ line: String) throws {
        if line.hasPrefix("#") { return try readComment(line) }
        let pattern = #/([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?[ \t]+([^ \t]+)/#
        guard let match = line.wholeMatch(of: pattern), let value = Double(String(match.3)) else {
            throw Fault(line: line, reason: "no sample")
        }
        let name = String(match.1)
        guard types[name] != nil else { throw Fault(line: line, reason: "TYPE must come before the first sample") }
        try begin(name, line)
        samples.append(Sample(name: name, labels: try Self.labels(String(match.2 ?? ""), line), value: value))
    }

    private mutating func readComment(_ line: String) throws {
        guard let match = line.wholeMatch(of: #/# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)/#) else {
            throw Fault(line: line, reason: "neither HELP nor TYPE")
        }
        let name = String(match.2)
        try begin(name, line)
        if match.1 == "HELP" {
            guard helped.insert(name).inserted else { throw Fault(line: line, reason: "two HELP lines") }
        } else {
            guard types[name] == nil, !samples.contains(where: { $0.name == name }) else { throw Fault(line: line, reason: "a late TYPE") }
            guard ["counter", "gauge", "histogram", "summary", "untyped"].contains(match.3) else {
                throw Fault(line: line, reason: "no type")
            }
            types[name] = String(match.3)
        }
    }

    /// All lines of a metric stand together.
    private mutating func begin(_ name: String, _ line: String) throws {
        guard name != current else { return }
        if let current { ended.insert(current) }
        guard !ended.contains(name) else { throw Fault(line: line, reason: "a metric in two places") }
        current = name
    }

    private static func labels(_ text: String, _ line: String) throws -> [String: String] {
        var labels: [String: String] = [:]
        var rest = text[...]
        while !rest.isEmpty {
            guard let match = rest.prefixMatch(of: #/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/#) else {
                throw Fault(line: line, reason: "no label")
            }
            guard labels.updateValue(String(match.2), forKey: String(match.1)) == nil else {
                throw Fault(line: line, reason: "a label twice")
            }
            rest = rest[match.range.upperBound...]
        }
        return labels
    }
}

@Suite struct ExpositionTests {
    @Test func `the reader takes what the format allows, and nothing else`() throws {
        let good = "# HELP a What it is.\n# TYPE a gauge\na 1\na{b=\"c\",d=\"x\\\\\\\"\\n\"} -2.5\n# TYPE e_total counter\ne_total 3\n"
        let read = try Exposition(good)
        #expect(read["a", [:]] == 1 && read["a", ["b": "c", "d": #"x\\\"\n"#]] == -2.5 && read.types["e_total"] == "counter")
        for bad in [
            "a 1\n", "# TYPE a gauge\na 1", "# TYPE a gauge\na one\n", "# TYPE a gauge\na{b=c} 1\n",
            "# TYPE a gauge\na{b=\"c\"d=\"e\"} 1\n", "# TYPE a gauge\na 1\na 2\n",
            "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\na{c=\"d\"} 1\n", "# TYPE a gauge\n# TYPE a gauge\na 1\n",
            "# TYPE a-b gauge\n", "# TYPE a size\na 1\n", "# TYPE a gauge\na{b=\"c\",b=\"d\"} 1\n",
        ] {
            #expect(throws: Exposition.Fault.self, "\(bad)") { try Exposition(bad) }
        }
    }
}
