import Kernel
import Migrations
import Testing

@Suite struct SchemaCheckTests {
    private let check: SchemaCheck

    init() throws {
        let set = try MigrationSet(files: [
            "common/0001_a.sql": "select 1", "common/0002_b.sql": "select 1", "billing/0001_a.sql": "select 1",
        ])
        check = SchemaCheck(service: "billing", set: set, version: SaasctlVersion(0, 9, 0))
    }

    @Test func aDatabaseAtTheLevelOrAheadIsFine() {
        #expect(check.failure(for: SchemaLevel(common: 2, own: 1)) == nil)
        #expect(check.failure(for: SchemaLevel(common: 3, own: 7, requiredBinary: SaasctlVersion(0, 9, 0))) == nil)
    }

    @Test(arguments: [(1, 1, ["common: at 1, needed 2"]), (1, 0, ["common: at 1, needed 2", "billing: at 0, needed 1"])])
    func aDatabaseBehindIsToBeMigrated(common: Int, own: Int, details: [String]) throws {
        let failure = try #require(check.failure(for: SchemaLevel(common: common, own: own)))
        #expect(failure.code == .schemaOutdated)
        #expect(failure.code.exit == .configuration)
        #expect(failure.hint == "saasctl db migrate --service billing")
        #expect(failure.details == details)
    }

    @Test func anEmptyTableIsADatabaseNeverMigrated() {
        #expect(check.failure(for: SchemaLevel(common: 0, own: 0))?.hint == "saasctl db migrate")
    }

    @Test func aDatabaseMayAskForANewerBinaryWhateverItsLevel() throws {
        let failure = try #require(check.failure(for: SchemaLevel(common: 1, own: 1, requiredBinary: SaasctlVersion(0, 10, 0))))
        #expect(failure.code == .binaryOutdated)
        #expect(failure.code.exit == .configuration)
        #expect(failure.message == #"the database of "billing" needs saasctl 0.10.0 or newer, and this is 0.9.0"#)
        #expect(failure.hint == "upgrade saasctl")
    }

    @Test func anotherServicesDatabaseIsAMistakeInTheProfile() throws {
        let failure = try #require(check.failure(for: SchemaLevel(common: 2, own: 0, foreignComponent: "audit")))
        #expect(failure.code == .configuration)
        #expect(failure.message == #"the connection of "billing" leads to the database of "audit""#)
    }
}

@Suite struct SaasctlVersionTests {
    @Test func versionsCompareByNumber() {
        #expect(SaasctlVersion(0, 9, 9) < SaasctlVersion(0, 10, 0))
        #expect(SaasctlVersion(1, 0, 0) > SaasctlVersion(0, 99, 99))
        #expect(SaasctlVersion("1.20.3") == SaasctlVersion(1, 20, 3))
    }

    @Test(arguments: ["", "1", "1.2", "1.2.3.4", "1.2.x", "01.2.3", "+1.2.3", "1.-2.3", "1..3", " 1.2.3"])
    func whatIsNoVersionIsNotRead(text: String) {
        #expect(SaasctlVersion(text) == nil)
    }
}
