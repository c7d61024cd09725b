import ArgumentParser

struct ProjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project", abstract: "The projects of an organization.",
        discussion: "With --as, any member may look at them, and an admin or owner may create and archive them.",
        subcommands: [ProjectCreate.self, ProjectList.self, ProjectGet.self, ProjectArchive.self])
}
