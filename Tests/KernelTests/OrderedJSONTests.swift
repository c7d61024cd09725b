import FoundationEssentials
import Testing

@testable import Kernel

@Suite struct OrderedJSONTests {
    private struct Everything: Encodable {
        enum Status: String, Encodable { case active }
        struct Inner: Encodable { var isOn = true }

        var zebra = 1
        var apple = "a\"\\\n\u{1}\u{7F}é"
        var baseURL: String? = nil
        var sha256Hash = "x"
        var status = Status.active
        var inner = Inner()
        var list = [Inner(), Inner()]
        var empty: [Int] = []
        var bytesByName = ["keepsKeys": 1]
        var big = UInt64.max
        var ratio = 0.5
        var whole = 3.0
        var id = UUID(high: 0xABCD, low: 1)
        var raw = JSONValue.object(["b": .null, "a": .array([.integer(1), .number(1.5), .bool(false)])])
        var nothing: [String?] = [nil, "x"]
    }

    @Test func encodesWhatJSONEncoderDoesInTheOrderOfDeclaration() throws {
        let json = try OrderedJSONEncoder.encode(Everything())
        #expect(
            json.text(pretty: false)
                == #"{"zebra":1,"apple":"a\"\\\n\u0001\u007fé","sha256_hash":"x","status":"active","inner":{"is_on":true},"#
                + #""list":[{"is_on":true},{"is_on":true}],"empty":[],"bytes_by_name":{"keepsKeys":1},"big":18446744073709551615,"#
                + #""ratio":0.5,"whole":3.0,"id":"00000000-0000-abcd-0000-000000000001","raw":{"a":[1,1.5,false],"b":null},"nothing":[null,"x"]}"#
        )
    }

    @Test func agreesWithTheKernelsCodingWhereBothSpeak() throws {
        struct Plain: Codable, Equatable {
            var organizationId = "o"
            var createdAt = Timestamp(year: 2026, month: 1, day: 1)
            var amount = Money(amount: -5, currency: "JPY")
            var tags = ["a", "b"]
        }
        let text = try OrderedJSONEncoder.encode(Plain()).text(pretty: true)
        #expect(try JSONValue(parsing: text) == JSONValue(encoding: Plain()))
        #expect(try JSONCoding.decode(Plain.self, from: text) == Plain())
    }

    @Test(arguments: [
        ("organizationId", "organization_id"), ("baseURL", "base_url"), ("URLPath", "url_path"), ("id", "id"), ("mrrEUR", "mrr_eur"),
        ("already_snake", "already_snake"), ("sha256Hash", "sha256_hash"),
    ])
    func writesKeysInSnakeCase(_ key: String, _ expected: String) {
        #expect(SnakeCase.text(key) == expected)
    }
}
