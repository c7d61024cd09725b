import Kernel
import Testing

@Suite struct EventTypeTests {
    @Test(arguments: [
        ("saas.organization.created.v1", "saas.organization.created", 1),
        ("saas.plan.version_published.v12", "saas.plan.version_published", 12),
        ("saas.v2.v3", "saas.v2", 3),
        ("saas.organization.created.v9223372036854775807", "saas.organization.created", Int.max),
    ])
    func `reads a name with its version, and writes the same`(text: String, name: String, version: Int) throws {
        let type = try #require(EventType(text))
        #expect(type == EventType(name, version: version))
        #expect(type.description == text)
    }

    @Test(arguments: [
        "", "v1", ".v1", "saas.organization.created", "saas.organization.created.v", "saas.organization.created.v0",
        "saas.organization.created.v-1", "saas.organization.created.v+1", "saas.organization.created.v01", "saas.organization.created.1",
        "saas.organization.created.V1", "saas.organization.created.v1.", "saas.organization.created.v1x", "saas.organization.created.v1.5",
        "saas.organization.created.v9999999999999999999x", ".",
    ])
    func `refuses what does not end in a version`(text: String) {
        #expect(EventType(text) == nil)
    }

    @Test func `a version that is too large to count is newer than all others, not none`() {
        #expect(EventType("saas.organization.created.v99999999999999999999") == EventType("saas.organization.created", version: .max))
    }
}
