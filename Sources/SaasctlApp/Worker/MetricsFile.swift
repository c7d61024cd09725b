import FoundationEssentials
import Kernel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The file that the textfile collector of node_exporter reads: there is the old one or the new one, never half of one.
struct MetricsFile {
    /// The collector reads what ends in `.prom`, which the file in the making does not.
    static let name = "saasctl_worker.prom"

    private let folder: String
    private var path: String { "\(folder)/\(Self.name)" }

    init(folder: String) {
        self.folder = folder
    }

    /// What the last run left; `nil` where there is no such file, or it cannot be read: then writing will say why.
    var text: String? {
        try? String(contentsOfFile: path, encoding: .utf8)
    }

    /// - Throws: `Failure` with `OUTPUT_FAILED`, which names the file and the cause.
    func replace(with text: String) throws(Failure) {
        let temporary = "\(folder)/.\(Self.name).\(getpid())-\(UInt32.random(in: .min ... .max))"
        // Exclusive creation follows no link that somebody put there, and the rename replaces a link instead of writing through it.
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure(errno) }
        // The collector runs under another account; open(2) takes bits away by the umask.
        let isWritten = fchmod(file, 0o644) == 0 && writeAll(text, to: file) && fsync(file) == 0
        var cause = errno
        close(file)
        if isWritten {
            if rename(temporary, path) == 0 { return }
            cause = errno
        }
        unlink(temporary)
        throw failure(cause)
    }

    private func failure(_ cause: Int32) -> Failure {
        Failure(.outputFailed, "cannot write the metrics to \"\(path)\": \(SystemError.text(cause))")
    }

    private func writeAll(_ text: String, to file: Int32) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let written = write(file, rest.baseAddress, rest.count)
                if written > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[written...])
                } else if errno != EINTR {
                    return false
                }
            }
            return true
        }
    }
}
