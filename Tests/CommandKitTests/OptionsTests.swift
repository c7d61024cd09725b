import ArgumentParser
import CommandKit
import Kernel
import Testing

@Suite struct OptionsTests {
    @Test func flagsWinOverVariablesAndEmptyVariablesAreNone() throws {
        let environment = ["SAASCTL_PROFILE": "env", "SAASCTL_ORG": "", "SAASCTL_OUTPUT": "json", "SAASCTL_TIMEOUT": "5s"]
        let bare = try GlobalOptions.parse([])
        #expect(bare.profileName(environment: environment) == "env")
        #expect(bare.organization(environment: environment) == nil)
        #expect(try bare.outputFormat(environment: environment) == .json)
        #expect(try bare.timeLimit(environment: environment) == .seconds(5))
        let given = try GlobalOptions.parse(["-P", "flag", "--org", "acme", "-oname", "--timeout", "1m"])
        #expect(given.profileName(environment: environment) == "flag")
        #expect(given.organization(environment: environment) == "acme")
        #expect(try given.outputFormat(environment: environment) == .name)
        #expect(try given.timeLimit(environment: environment) == .seconds(60))
        #expect(try bare.outputFormat(environment: [:]) == .table)
    }

    @Test func switchesOfTheEnvironmentAreReadAsPeopleWriteThem() throws {
        let options = try GlobalOptions.parse([])
        #expect(try options.forbidsChanges(environment: ["SAASCTL_READ_ONLY": "1"]))
        #expect(try options.forbidsChanges(environment: ["SAASCTL_READ_ONLY": "True"]))
        #expect(try !options.forbidsChanges(environment: ["SAASCTL_READ_ONLY": "0"]))
        #expect(try !options.allowsQuestions(environment: ["SAASCTL_NO_INPUT": "yes"]))
        #expect(throws: Failure.self) { try options.forbidsChanges(environment: ["SAASCTL_READ_ONLY": "maybe"]) }
        #expect(try GlobalOptions.parse(["--read-only"]).forbidsChanges(environment: [:]))
    }

    @Test func coloursFollowTheConventions() throws {
        let auto = try GlobalOptions.parse([])
        #expect(auto.usesColor(onTerminal: true, environment: [:]))
        #expect(!auto.usesColor(onTerminal: false, environment: [:]))
        #expect(!auto.usesColor(onTerminal: true, environment: ["NO_COLOR": "1"]))
        #expect(auto.usesColor(onTerminal: true, environment: ["NO_COLOR": ""]))
        #expect(!auto.usesColor(onTerminal: true, environment: ["TERM": "dumb"]))
        #expect(auto.usesColor(onTerminal: false, environment: ["CLICOLOR_FORCE": "1"]))
        #expect(!auto.usesColor(onTerminal: true, environment: [:], profileChoice: .never))
        let always = try GlobalOptions.parse(["--color", "always"])
        #expect(always.usesColor(onTerminal: false, environment: ["NO_COLOR": "1"], profileChoice: .never))
    }

    @Test func mutationOptionsRefuseWhatCannotBeMeant() throws {
        #expect(throws: (any Error).self) { try MutationOptions.parse(["--reason", " "]) }
        #expect(throws: (any Error).self) { try MutationOptions.parse(["--idempotency-key", String(repeating: "k", count: 201)]) }
        let options = try MutationOptions.parse(["-n", "--reason", "-5 % was too much", "--idempotency-key", "k"])
        #expect(options.dryRun && options.reason == "-5 % was too much" && options.idempotencyKey == "k")
    }
}
