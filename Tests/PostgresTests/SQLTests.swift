import Postgres
import Testing

struct SQLTests {
    @Test func valuesBecomeParameters() {
        let sql: SQL = "select * from t where a = \(1) and b = \("x'; drop table t")"
        #expect(sql.text == "select * from t where a = $1 and b = $2")
        #expect(sql.binds.map(\.bytes) == [Array("1".utf8), Array("x'; drop table t".utf8)])
    }

    @Test func fragmentsAreRenumbered() {
        let inner: SQL = "b = \(2) or c = \(3)"
        let sql: SQL = "a = \(1) and (\(fragment: inner)) and (\(fragment: inner)) and d = \(4)"
        #expect(sql.text == "a = $1 and (b = $2 or c = $3) and (b = $4 or c = $5) and d = $6")
        #expect(sql.binds.count == 6)
        let nested: SQL = "é \(0) \(fragment: sql)"
        #expect(nested.text == "é $1 a = $2 and (b = $3 or c = $4) and (b = $5 or c = $6) and d = $7")
    }

    @Test func renumberingKeepsTenAndMoreApart() {
        let many = SQL.joined((1...12).map { "\($0)" as SQL })
        #expect(many.text == "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12")
        #expect((many + "; \(13)").text.hasSuffix("$11, $12; $13"))
    }

    @Test func dollarsThatAreNoParametersStay() {
        let body: SQL = "do $1$ begin end $1$; select \(1)"
        #expect(("x \(0) \(fragment: body)" as SQL).text == "x $1 do $1$ begin end $1$; select $2")
    }

    @Test func identifiersAreQuoted() {
        let sql: SQL = "select \(identifier: "we\"ird; --") from \(identifier: "T") \(unsafeRaw: "limit 1")"
        #expect(sql.text == "select \"we\"\"ird; --\" from \"T\" limit 1")
    }

    @Test func nullIsAParameter() {
        let nothing: Int? = nil
        let sql: SQL = "select \(nothing)"
        #expect(sql.text == "select $1")
        #expect(sql.binds == [.null])
    }

    @Test func parametersBecomeLiterals() {
        let nothing: Int? = nil
        let inner: SQL = "b = \("it's") or c = \("a\\b'c")"
        let sql: SQL = "select $$x$$ where a = \(1) and (\(fragment: inner)) and d in(\("a\\")) limit \(nothing)"
        #expect(sql.withLiterals.text == "select $$x$$ where a = '1' and (b = 'it''s' or c =  E'a\\\\b''c') and d in( E'a\\\\') limit NULL")
        #expect(sql.withLiterals.binds.isEmpty)
    }
}
