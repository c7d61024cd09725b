import MigrationFiles
import Testing

@Suite struct StatementScannerTests {
    private func split(_ script: String) throws -> [String] {
        try SQLStatement.split(script).map { String($0.text) }
    }

    @Test func dividesAtSemicolons() throws {
        #expect(try split("select 1; select 2 ;\n select 3") == ["select 1", "select 2", "select 3"])
        #expect(try split(" ;; \n-- nothing\n/* at all */ ;").isEmpty)
    }

    @Test func countsLinesToTheFirstWord() throws {
        let statements = try SQLStatement.split("-- head\n\nselect 1;\n/* a\nb */ select\n2;\r\nselect 'x\ny'; select 3")
        #expect(statements.map(\.line) == [3, 5, 7, 8])
    }

    @Test(arguments: [
        "select ';'", "select 'it''s; fine'", #"select E'a\';b'"#, #"select E'a'';\\'"#, #"select 'a\'"#, #"select "a;b", "c"";d""#,
        "select $$a;b$$", "select $body$ a; $$ ; $other$ $body$", "select $_1$;$_1$", "select /* ; /* ; */ ; */ 1", "select 1 -- ; '\n + 1",
        "create rule r as on insert to t do also (insert into u values (1); insert into v values (2))",
        "select U&'d;\\0061'", "select a$b$c, d$e$f", "select $1, $2", "select 'ünï;cödé', \"日本;語\", $é$;$é$",
    ])
    func aSemicolonInsideIsNoEnd(statement: String) throws {
        #expect(try split("\(statement);\nselect 'next'") == [statement, "select 'next'"])
    }

    @Test func aFunctionBodyMayHaveStatements() throws {
        let body = """
            create or replace function f(begin_at int) returns int
            begin atomic
                select case when begin_at > 0 then 1 else 2 end;
                select 2;
            end
            """
        #expect(try split("\(body);\nselect 1") == [body, "select 1"])
        #expect(try split("create procedure p() begin atomic; end; select case 1 when 1 then 2 end; select 3").count == 3)
    }

    @Test func anIdentifierMayHoldDollars() throws {
        #expect(try split("select a$$; select $$;$$") == ["select a$$", "select $$;$$"])
    }

    @Test func theFirstWordsAreKept() throws {
        #expect(
            try SQLStatement.split("Create OR /* x */ replace\nFUNCTION f() x").first?.words == ["create", "or", "replace", "function"])
        #expect(try SQLStatement.split("set x.y = 'a b'").first?.words == ["set", "x"])
        #expect(try SQLStatement.split("(select 1)").first?.words == [])
    }

    @Test(arguments: [
        ("select 1;\nselect 'a", UnterminatedSQL.Kind.string, 2), ("select \"a", .identifier, 1), ("select $a$ $$ ;\n", .dollarQuote, 1),
        ("\n\n/* /* */", .comment, 3), ("select (1;\nselect 2", .parenthesis, 1),
        ("create function f() returns int begin atomic select 1;", .functionBody, 1), (#"select E'a\'"#, .string, 1),
    ])
    func anOpenEndIsAnError(script: String, kind: UnterminatedSQL.Kind, line: Int) {
        #expect(throws: UnterminatedSQL(kind: kind, line: line)) { try SQLStatement.split(script) }
    }
}
