import FoundationEssentials
package import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The few file operations that servers and sandboxes need, with owner and mode stated by every caller.
package enum Files {
    /// - Returns: `nil` where nothing lies there; a link is followed.
    package static func stat(_ path: FilePath) throws(FileSystemError) -> Stat? {
        do {
            return try path.stat()
        } catch Errno.noSuchFileOrDirectory, Errno.notDirectory {
            return nil
        } catch {
            throw FileSystemError("look at", path, error)
        }
    }

    package static func exists(_ path: FilePath) throws(FileSystemError) -> Bool {
        try stat(path) != nil
    }

    /// Whether the caller may run it. What cannot be looked at cannot be run either.
    package static func isExecutable(_ path: FilePath) -> Bool {
        access(path.string, X_OK) == 0
    }

    /// Makes a folder and, with the same mode but the caller as owner, those above it. One that exists gets neither mode nor owner.
    ///
    /// - Parameter owner: who gets a folder that was made; `nil` leaves it to the caller.
    /// - Returns: whether it was made.
    @discardableResult
    package static func makeFolder(_ path: FilePath, mode: FilePermissions, owner: ServerAccount? = nil) throws(FileSystemError) -> Bool {
        if try stat(path)?.type == .directory { return false }
        let parent = path.removingLastComponent()
        if parent != path, !parent.isEmpty { try makeFolder(parent, mode: mode) }
        if mkdir(path.string, mode.rawValue) != 0 {
            let cause = Errno(rawValue: errno)
            if cause == .fileExists { return false }
            throw FileSystemError("create the folder", path, cause)
        }
        // mkdir(2) takes bits away by the umask of whoever runs the command.
        if chmod(path.string, mode.rawValue) != 0 { throw FileSystemError("set the mode of", path, Errno(rawValue: errno)) }
        if let owner { try give(path, to: owner) }
        return true
    }

    package static func give(_ path: FilePath, to owner: ServerAccount) throws(FileSystemError) {
        guard owner.userID != geteuid() else { return }
        if lchown(path.string, owner.userID, owner.groupID) != 0 {
            throw FileSystemError("change the owner of", path, Errno(rawValue: errno))
        }
    }

    /// - Returns: `nil` where there is no such file.
    package static func read(_ path: FilePath) throws(FileSystemError) -> [UInt8]? {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try file.closeAfter {
                var bytes: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 8_192)
                while true {
                    let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
                    if count == 0 { return bytes }
                    bytes += buffer[..<count]
                }
            }
        } catch Errno.noSuchFileOrDirectory {
            return nil
        } catch {
            throw FileSystemError("read", path, (error as? Errno) ?? .ioError)
        }
    }

    package static func readText(_ path: FilePath) throws(FileSystemError) -> String? {
        try read(path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Puts a file in place whole: a reader sees the old bytes or the new ones, and so does whoever comes after a crash.
    package static func replace(_ path: FilePath, with bytes: [UInt8], mode: FilePermissions, owner: ServerAccount? = nil)
        throws(FileSystemError)
    {
        let temporary = FilePath("\(path).\(getpid())-\(UInt32.random(in: .min ... .max)).new")
        do {
            // Exclusive creation follows no link that somebody put there, and the rename replaces a link instead of writing through it.
            let file = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: mode)
            try file.closeAfter {
                try file.writeAll(bytes)
                if fchmod(file.rawValue, mode.rawValue) != 0 || fsync(file.rawValue) != 0 { throw Errno(rawValue: errno) }
            }
            if let owner { try give(temporary, to: owner) }
            if rename(temporary.string, path.string) != 0 { throw Errno(rawValue: errno) }
        } catch {
            unlink(temporary.string)
            throw (error as? FileSystemError) ?? FileSystemError("write", path, (error as? Errno) ?? .ioError)
        }
    }

    /// Moves a folder or file within one file system.
    package static func move(_ path: FilePath, to target: FilePath) throws(FileSystemError) {
        if rename(path.string, target.string) != 0 { throw FileSystemError("rename", path, Errno(rawValue: errno)) }
    }

    /// Removes a file, or a folder with all it holds; nothing there is fine.
    package static func remove(_ path: FilePath) throws(FileSystemError) {
        do {
            try FileManager.default.removeItem(atPath: path.string)
        } catch let error as CocoaError where error.code == .fileNoSuchFile {
            return
        } catch {
            // A server that ends removes files of its own meanwhile; what counts is that nothing is left.
            if try !exists(path) { return }
            throw FileSystemError("remove", path, Errno(rawValue: errno))
        }
    }

    /// Names in a folder, unsorted, without `.` and `..`; none where there is no such folder.
    package static func names(in folder: FilePath) throws(FileSystemError) -> [String] {
        guard let stream = opendir(folder.string) else {
            let cause = Errno(rawValue: errno)
            if cause == .noSuchFileOrDirectory || cause == .notDirectory { return [] }
            throw FileSystemError("list", folder, cause)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
