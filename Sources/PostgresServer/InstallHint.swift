import SystemPackage

/// How to get PostgreSQL on this machine, by the system's own word about itself (os-release(5)).
enum InstallHint {
    static var text: String {
        // Without the file the general hint serves; which error kept it from being read does not matter.
        let places: [FilePath] = ["/etc/os-release", "/usr/lib/os-release"]
        return text(osRelease: places.lazy.compactMap { try? Files.readText($0) }.first ?? "")
    }

    static func text(osRelease: String) -> String {
        var families: [String] = []
        for line in osRelease.split(separator: "\n") {
            for key in ["ID=", "ID_LIKE="] where line.hasPrefix(key) {
                families += line.dropFirst(key.count).split { "\" '".contains($0) }.map(String.init)
            }
        }
        for family in families {
            switch family {
            case "debian", "ubuntu": return "install it: sudo apt-get install postgresql"
            case "fedora", "rhel", "centos": return "install it: sudo dnf install postgresql-server"
            case "suse", "opensuse": return "install it: sudo zypper install postgresql-server"
            case "arch": return "install it: sudo pacman -S postgresql"
            case "alpine": return "install it: sudo apk add postgresql"
            default: continue
            }
        }
        return "install the PostgreSQL server, version 13 or newer, with the system's package manager"
    }
}
