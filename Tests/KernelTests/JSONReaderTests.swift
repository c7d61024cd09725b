import FoundationEssentials
import Testing

@testable import Kernel

@Suite struct JSONReaderTests {
    private struct Price: Codable, Equatable {
        let amount: Int64
        let currency: String
    }

    private struct Bill: Codable, Equatable {
        let billId: UUID
        let price: Price
        let lines: [Price]
        let dueAt: Timestamp?
    }

    private static let id = "019a0000-0000-7000-8000-000000000001"

    private func reason<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> String {
        try #require(throws: UnreadableJSON.self) { try JSONCoding.decode(type, from: text) }.description
    }

    // MARK: Reasons

    @Test(arguments: [
        (#"{"price":{"amount":1,"currency":"EUR"},"lines":[]}"#, #""bill_id" is missing"#),
        (#"{"bill_id":7,"price":{"amount":1,"currency":"EUR"},"lines":[]}"#, #""bill_id": a number instead of a UUID"#),
        (#"{"bill_id":"x","price":{"amount":1,"currency":"EUR"},"lines":[]}"#, #""bill_id": not a UUID"#),
        (#"{"bill_id":"ID","price":null,"lines":[]}"#, #""price": null instead of an object"#),
        (#"{"bill_id":"ID","price":{"currency":"EUR"},"lines":[]}"#, #""price": "amount" is missing"#),
        (#"{"bill_id":"ID","price":{"amount":"1","currency":"EUR"},"lines":[]}"#, #""price.amount": a string instead of a number"#),
        (#"{"bill_id":"ID","price":{"amount":1.5,"currency":"EUR"},"lines":[]}"#, #""price.amount": "1.5" does not fit Int64"#),
        (#"{"bill_id":"ID","price":{"amount":1,"currency":"EUR"},"lines":{}}"#, #""lines": an object instead of an array"#),
        (
            #"{"bill_id":"ID","price":{"amount":1,"currency":"EUR"},"lines":[{"amount":1,"currency":"EUR"},{"amount":1,"currency":false}]}"#,
            #""lines[1].currency": a boolean instead of a string"#
        ),
        (
            #"{"bill_id":"ID","price":{"amount":1,"currency":"\ud800"},"lines":[]}"#,
            #""price.currency": half of a surrogate pair in a string"#
        ),
        (
            #"{"bill_id":"ID","price":{"amount":1,"currency":"EUR"},"lines":[],"due_at":"2026-02-30"}"#,
            #""due_at": not an RFC 3339 time"#
        ),
        (#"[1]"#, "an array instead of an object"),
        ("", "not JSON: it ends before a value"),
        (#"{"bill_id":"ID","#, "not JSON: it ends before the name of a member"),
        (#"{"bill_id" 1}"#, "not JSON: a colon expected at byte 11"),
        (#"{"a":1 "b":2}"#, "not JSON: a comma or a closing brace expected at byte 7"),
        (#"[1 2]"#, "not JSON: a comma or a closing bracket expected at byte 3"),
        (#"[nul]"#, #"not JSON: "null" expected at byte 4"#),
        (#"["a"#, "not JSON: it ends before the end of a string"),
        (#"["\x"]"#, "not JSON: an escape that there is not at byte 3"),
        (#"["\u12g4"]"#, "not JSON: a hexadecimal digit expected at byte 6"),
        ("[\"a\nb\"]", "not JSON: a control character in a string at byte 3"),
        (#"{"\ud800":1}"#, "a name at byte 2 has half of a surrogate pair"),
        ("[01]", "not JSON: a comma or a closing bracket expected at byte 2"),
        ("[1.]", "not JSON: a digit expected at byte 3"),
        ("[-]", "not JSON: a digit expected at byte 2"),
        ("[+1]", "not JSON: a value expected at byte 1"),
        ("\u{FEFF}[]", "not JSON: a value expected at byte 0"),
        ("[] []", "not JSON: something behind the value at byte 3"),
    ])
    func `what is wrong is told with its place`(text: String, expected: String) throws {
        #expect(try reason(Bill.self, text.replacing("ID", with: Self.id)) == expected)
    }

    @Test func `a value that an enumeration does not have is told with its place`() throws {
        enum Kind: String, Codable { case a }
        #expect(try reason([Kind].self, #"["a","b"]"#).hasPrefix(#""[1]": "#))
        #expect(try reason([String: [Kind]].self, #"{"some_key":["b"]}"#).hasPrefix(#""some_key[0]": "#))
    }

    // MARK: Limits

    @Test func `texts are read down to a depth, and refused from there on`() throws {
        func nested(_ depth: Int, _ open: String, _ close: String) -> String {
            String(repeating: open, count: depth) + (open == "[" ? "" : "0") + String(repeating: close, count: depth)
        }
        let limit = JSONScanner.depthLimit
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            _ = try JSONValue(parsing: nested(limit, open, close))
            #expect(try reason(JSONValue.self, nested(limit + 1, open, close)).hasPrefix("more than \(limit) levels deep at byte "))
        }
        #expect(throws: UnreadableJSON.self) { try JSONValue(parsing: String(repeating: "[", count: 1_000_000)) }
    }

    @Test func `a number that no type holds is refused, whatever its length`() throws {
        #expect(try reason(JSONValue.self, "[1e400]") == #""[0]": "1e400" does not fit Double"#)
        #expect(throws: UnreadableJSON.self) { try JSONCoding.decode(Int.self, from: "1e999999999999999999999999") }
        #expect(try JSONCoding.decode(Int.self, from: "0e999999999999999999999999") == 0)
        #expect(throws: UnreadableJSON.self) { try JSONCoding.decode(UInt.self, from: "-1") }
        #expect(throws: UnreadableJSON.self) { try JSONCoding.decode(Int.self, from: "9223372036854775808") }
        #expect(throws: UnreadableJSON.self) { try JSONCoding.decode(UInt64.self, from: "18446744073709551616") }
        #expect(try JSONCoding.decode(UInt64.self, from: "184467440737095516150e-1") == .max)
    }

    /// Foundation reads them as 1 and as 9007199254740992.
    @Test func `a fraction that a double would lose is no integer`() {
        #expect(throws: UnreadableJSON.self) { try JSONCoding.decode(Int.self, from: "1.0000000000000000001") }
        #expect(throws: UnreadableJSON.self) { try JSONCoding.decode(Int.self, from: "9007199254740992.1") }
    }

    @Test func `members of large objects are found, the first of each name`() throws {
        let members = (0..<5_000).flatMap { [#""key_\#($0)":\#($0)"#, #""key_\#($0 / 2)":-1"#] }
        let numbers = try JSONCoding.decode([String: Int].self, from: "{" + members.joined(separator: ",") + "}")
        #expect(numbers.count == 5_000)
        #expect((0..<5_000).allSatisfy { numbers["key_\($0)"] == ($0 == 0 ? 0 : $0) || numbers["key_\($0)"] == -1 })
        #expect(try JSONValue(parsing: #"{"a":1,"b":2,"a":3}"#) == .object(["a": .integer(1), "b": .integer(2)]))
        struct Wide: Decodable { let lastOne: Int }
        let wide = "{" + (0..<100).map { #""key_\#($0)":0,"# }.joined() + #""last_one":1,"last_one":2}"#
        #expect(try JSONCoding.decode(Wide.self, from: wide).lastOne == 1)
    }

    // MARK: Names

    @Test func `a member is found under the name that it is written with, escaped or not`() throws {
        struct Names: Codable, Equatable {
            var baseURL = 1
            var urlPath = 2
            var in_app = 3
            var sha256Hash = 4
        }
        let text = try JSONCoding.encode(Names())
        #expect(text == #"{"base_url":1,"url_path":2,"in_app":3,"sha256_hash":4}"#)
        #expect(try JSONCoding.decode(Names.self, from: text) == Names())
        #expect(try JSONCoding.decode(Names.self, from: text.replacing("base_url", with: #"base\u005furl"#)) == Names())
        #expect(try reason(Names.self, text.replacing("base_url", with: "baseURL")) == #""base_url" is missing"#)
        #expect(try reason(Names.self, text.replacing("base_url", with: "base_url_")) == #""base_url" is missing"#)
        #expect(try reason(Names.self, text.replacing("base_url", with: "base_ur")) == #""base_url" is missing"#)
    }

    @Test func `the keys of a dictionary are data, also where it lies in another value`() throws {
        struct Counts: Codable, Equatable {
            var byName = ["camelCase": 1, "snake_case": 2, "": 3, "ä\"": 4]
            var deep = [["innerName": ["a_b": 1]]]
        }
        #expect(try JSONCoding.decode(Counts.self, from: JSONCoding.encode(Counts())) == Counts())
    }

    // MARK: Containers

    /// What a type may do that is written by hand.
    private struct ByHand: Codable, Equatable {
        enum Key: String, CodingKey, CaseIterable { case innerPart, list, optional, absent }
        enum InnerKey: CodingKey { case deepValue }

        var deep = 1
        var list: [Int?] = [1, nil, 3]
        var keys: Set<String> = []

        init() {}

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            keys = Set(container.allKeys.map(\.rawValue))
            deep = try container.nestedContainer(keyedBy: InnerKey.self, forKey: .innerPart).decode(Int.self, forKey: .deepValue)
            var elements = try container.nestedUnkeyedContainer(forKey: .list)
            #expect(elements.count == 3)
            list = []
            while !elements.isAtEnd {
                #expect(elements.currentIndex == list.count)
                list.append(try elements.decodeNil() ? nil : elements.decode(Int.self))
            }
            #expect(throws: DecodingError.self) { try elements.decode(Int.self) }
            #expect(container.contains(.optional) && !container.contains(.absent))
            #expect(try container.decodeNil(forKey: .optional))
            #expect(try container.decodeIfPresent(Bool.self, forKey: .optional) == nil)
            #expect(try container.decodeIfPresent(Int64.self, forKey: .absent) == nil)
            #expect(throws: DecodingError.self) { try container.decodeNil(forKey: .absent) }
            #expect(try container.superDecoder(forKey: .list).unkeyedContainer().count == 3)
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            var inner = container.nestedContainer(keyedBy: InnerKey.self, forKey: .innerPart)
            var elements = container.nestedUnkeyedContainer(forKey: .list)
            // Both stay open while others are written to.
            try container.encodeNil(forKey: .optional)
            for element in list { try elements.encode(element) }
            try inner.encode(deep, forKey: .deepValue)
        }
    }

    @Test func `a type that decodes itself by hand finds every container`() throws {
        let text = try JSONCoding.encode(ByHand())
        #expect(text == #"{"inner_part":{"deep_value":1},"list":[1,null,3],"optional":null}"#)
        var expected = ByHand()
        expected.keys = ["innerPart", "list", "optional"]
        #expect(try JSONCoding.decode(ByHand.self, from: text) == expected)
    }

    private class Base: Codable {
        var baseName = "base"
    }

    private final class Derived: Base {
        enum Key: CodingKey { case ownName }
        var ownName = ""

        override init() { super.init() }

        required init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            ownName = try container.decode(String.self, forKey: .ownName)
            try super.init(from: container.superDecoder())
        }

        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode("own", forKey: .ownName)
            try super.encode(to: container.superEncoder())
        }
    }

    @Test func `a superclass shares the object of its subclass`() throws {
        let derived = Derived()
        derived.baseName = "changed"
        let text = try JSONCoding.encode(derived)
        #expect(text == #"{"own_name":"own","base_name":"changed"}"#)
        let again = try JSONCoding.decode(Derived.self, from: text)
        #expect(again.ownName == "own" && again.baseName == "changed")
    }
}

@Suite struct UUIDTextTests {
    @Test func `ids are read in either case and written in the lower one`() {
        let id = UUID(high: 0x019A_BCDE_F012_7345, low: 0x89AB_CDEF_0123_4567)
        #expect(id.text == "019abcde-f012-7345-89ab-cdef01234567")
        #expect(UUID(text: id.text) == id)
        #expect(UUID(text: id.uuidString) == id)
        #expect(UUID(uuidString: id.text) == id)
    }

    @Test(arguments: [
        "", "019abcdef012734589abcdef01234567", "{019abcde-f012-7345-89ab-cdef01234567}", "019abcde-f012-7345-89ab-cdef0123456",
        "019abcde-f012-7345-89ab-cdef012345678", "019abcde-f012-7345-89ab-cdef0123456g", "019abcde-f012-7345-89ab-cdef0123456 ",
        "019abcde-f0127-345-89ab-cdef01234567", "019abcde-f012-7345-89ab-+def01234567", "0x9abcde-f012-7345-89ab-cdef01234567",
        "019abcde-f012-7345-89ab-cdef0123456\u{661}",
    ])
    func `anything else is no id`(text: String) {
        #expect(UUID(text: text) == nil)
    }
}
