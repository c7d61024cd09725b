extension Profile {
    /// The 32 bytes of the master key.
    ///
    /// - Throws: ``ConfigurationError`` where no file is named, it is missing or not 32 bytes long, or somebody else may read it.
    public func readKey() throws(ConfigurationError) -> [UInt8] {
        guard let keyFile else { throw .noKeyFile(profile: name) }
        let found: TextFile.Contents?
        do {
            found = try TextFile.contents(of: keyFile, limit: 4_096)
        } catch {
            throw .unusableKeyFile(keyFile, problem: "cannot be read: \(error.reason)", hint: "make it readable to you alone: chmod 600")
        }
        guard let contents = found else {
            let maker = name == Profile.sandboxName ? "saasctl sandbox start" : "(umask 077 && head -c 32 /dev/urandom >\(keyFile))"
            throw .unusableKeyFile(keyFile, problem: "does not exist", hint: "\(maker) makes one")
        }
        guard contents.mode & 0o077 == 0 else {
            throw .unusableKeyFile(keyFile, problem: "is open to others", hint: "chmod 600 \(keyFile)")
        }
        guard contents.bytes.count == 32 else {
            throw .unusableKeyFile(keyFile, problem: "holds \(contents.bytes.count) bytes, expected 32", hint: "restore it from a backup")
        }
        return contents.bytes
    }
}
