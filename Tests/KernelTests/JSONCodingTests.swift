import FoundationEssentials
import Kernel
import Testing

@Suite struct JSONCodingTests {
    private struct Sample: Codable, Equatable {
        var userId: UUID
        var causationId: UUID?
        var names: [String]
    }

    @Test func `ids are in lower case, keys in snake case, and what is absent is left out`() throws {
        let sample = Sample(userId: UUID(high: 0xABCD_EF01_2345_7000, low: 0x8000_0000_0000_00FF), causationId: nil, names: ["Ä\"\\/\n"])
        let text = try JSONCoding.encode(sample)
        #expect(text == #"{"user_id":"abcdef01-2345-7000-8000-0000000000ff","names":["Ä\"\\/\n"]}"#)
        #expect(try JSONCoding.decode(Sample.self, from: text) == sample)
    }

    @Test func `fields that a reader does not know are passed over, and one that it needs is missed`() throws {
        let newer = #"{"user_id":"abcdef01-2345-7000-8000-0000000000ff","names":[],"invented_later":{"a":[1]}}"#
        #expect(try JSONCoding.decode(Sample.self, from: newer).names == [])
        #expect(throws: UnreadableJSON.self) { try JSONCoding.decode(Sample.self, from: #"{"names":[]}"#) }
        #expect(throws: UnreadableJSON.self) { try JSONCoding.decode(Sample.self, from: "{") }
    }

    @Test(arguments: [
        "null", "true", "false", "0", "1", "-1", "9223372036854775807", "-9223372036854775808", "1.5", #""""#, #""1""#, "[]", "{}",
        #"{"a":[null,{"b":"c"}],"camelCase":2,"snake_case":1}"#,
    ])
    func `a value that is passed on unread stays what it was`(text: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(value.compact == text)
        #expect(try JSONValue(parsing: JSONCoding.encode(value)) == value)
        if text == "1" { #expect(value == .integer(1)) }
        if text == "true" { #expect(value == .bool(true)) }
    }

    @Test func `the compact form has its keys in order`() throws {
        #expect(try JSONValue(parsing: #"{"b":1,"a":{"d":2,"c":3}}"#).compact == #"{"a":{"c":3,"d":2},"b":1}"#)
    }
}
