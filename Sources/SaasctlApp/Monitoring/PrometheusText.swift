import Kernel

/// Metrics in the text format of Prometheus, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
struct PrometheusText {
    enum Kind: String {
        case gauge, counter
    }

    struct Sample {
        let labels: [(String, String)]
        let value: String

        init(_ labels: [(String, String)] = [], _ value: String) {
            self.labels = labels
            self.value = value
        }
    }

    private(set) var text = ""

    /// All samples of one metric, which the format wants to stand together; without any of them the metric is not there.
    mutating func family(_ name: String, _ help: String, _ samples: [Sample], kind: Kind = .gauge) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples { text += "\(name)\(Self.labels(sample.labels)) \(sample.value)\n" }
    }

    /// The same for one that has one sample.
    mutating func family(_ name: String, _ help: String, _ value: String) {
        family(name, help, [Sample([], value)])
    }

    private static func labels(_ labels: [(String, String)]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",") + "}"
    }

    /// The value of a label: backslash, double quote and line feed are escaped, everything else stands for itself.
    static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += #"\\"#
            case "\"": text += #"\""#
            case "\n": text += #"\n"#
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// Seconds since 1970 with all of the timestamp's digits, which a floating-point number would not keep.
    static func seconds(_ time: Timestamp) -> String { seconds(.microseconds(time.microseconds)) }

    static func seconds(_ duration: Duration) -> String {
        let microseconds = Int64(duration / .microseconds(1))
        let fraction = String(microseconds.magnitude % 1_000_000)
        let sign = microseconds < 0 ? "-" : ""
        return "\(sign)\(microseconds.magnitude / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
    }
}
