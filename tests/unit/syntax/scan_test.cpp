// Blocks of a file, text that is none, fingerprints, limits, threads.
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "random_text.h"
#include "syntax/lexer.h"
#include "syntax/parse.h"

namespace pipec::syntax {
namespace {

std::string text_of(std::string_view file, const BlockExtent& block) {
  return std::string(file.substr(block.span.begin, block.span.end - block.span.begin));
}

std::string only_error(const std::vector<SyntaxError>& errors) {
  REQUIRE(errors.size() == 1);
  return std::string(errors[0].kind->code) + " " + errors[0].message;
}

std::string lexed(std::string_view text) {
  Tokens tokens;
  lex(text, tokens);
  std::string out;
  for (const Token& token : tokens.tokens) {
    if (!out.empty()) out += '|';
    out += text.substr(token.begin, token.end - token.begin);
    if (token.type == IDENT) out += ":name";
    if (token.type == UNIT) out += ":unit";
    if (token.type == INTEGER) out += ":int";
    if (token.type == DECIMAL) out += ":decimal";
    if (token.type == ERROR) out += ":error";
    if ((token.flags & kUnterminated) != 0) out += ":open";
  }
  return out;
}

}  // namespace

TEST_CASE("lexer: numbers, names, words after a dot, units") {
  CHECK(lexed("1 1.5 .5 1. 1e3 1.5e-3 7d 2.5BD 10L") ==
        "1:int|1.5:decimal|.5:decimal|1.:decimal|1e3:decimal|1.5e-3:decimal|7d:decimal|2.5BD:decimal|10L:int");
  CHECK(lexed("2024_sales 10minutes 1.5abc") == "2024_sales:name|10minutes:name|1.5abc:error");
  CHECK(lexed("t.order t . order größe") == "t:name|.|order:name|t:name|.|order|größe:name");
  CHECK(lexed("interval 7 days day") == "interval|7:int|days:unit|day:name");
  CHECK(lexed("interval '1-2' year to month to") == "interval|'1-2'|year:unit|to|month:unit|to");
  CHECK(lexed("interval -3 days - 2 hours") == "interval|-|3:int|days:unit|-|2:int|hours:unit");
  CHECK(lexed("year(d) year") == "year:name|(|d:name|)|year:name");
}

TEST_CASE("lexer: strings, comments, signs") {
  CHECK(lexed("'a''b' r'\\' X'1F' \"q\" 'a\\'b'") == "'a''b'|r'\\'|X'1F'|\"q\"|'a\\'b'");
  CHECK(lexed("'open") == "'open:open");
  CHECK(lexed("`a``b` `open\nx") == "`a``b`|`open:open|x:name");
  CHECK(lexed("a -- c\nb /* x /* y */ z */ c") == "a:name|b:name|c:name");
  CHECK(lexed("a /* x") == "a:name|/* x:error:open");
  CHECK(lexed("/*+ h */ a.*/* c */ b") == "/*+|h:name|*/|a:name|.|*|b:name");
  CHECK(lexed("a>>b <=> c -> d => e !< f |> g ////") ==
        "a:name|>|>|b:name|<=>|c:name|->|d:name|=>|e:name|!<|f:name||>|g:name|////:error");
  CHECK(lexed("a\xC2\xA0"
              "b") == "a:name|\xC2\xA0:error|b:name");
  CHECK(lexed("\xEF\xBB\xBF"
              "a\r\nb") == "a:name|b:name");
  Tokens tokens;
  lex("/// one\r\n///two\n-- three  \na", tokens);
  REQUIRE(tokens.docs.size() == 2);
  CHECK(tokens.docs[0].end == 7);
  REQUIRE(tokens.comments.size() == 1);
  CHECK(tokens.comments[0].end - tokens.comments[0].begin == 8);
}

TEST_CASE("a file is cut into blocks with what stands above them") {
  std::string file =
      "-- file\n\n/// Doc.\n@owner('x')\nmodel a.b { view as select 1 } -- behind\n\n"
      "function f() returns int = 1;\nsource `s t` {\n}\ncdc x.* from s.* { }\ncheck c on a.b\n{ as select 1 "
      "}\n";
  FileScan scan = scan_file(file);
  CHECK(scan.errors.empty());
  REQUIRE(scan.blocks.size() == 5);
  CHECK(text_of(file, scan.blocks[0]) == "/// Doc.\n@owner('x')\nmodel a.b { view as select 1 }");
  CHECK(scan.blocks[0].keyword.text() == "model");
  CHECK(scan.blocks[0].name.text() == "a.b");
  CHECK(file.substr(scan.blocks[0].name_span.begin, 3) == "a.b");
  CHECK(text_of(file, scan.blocks[1]) == "function f() returns int = 1;");
  CHECK(scan.blocks[2].name.text() == "s t");
  CHECK(scan.blocks[3].name.text() == "x.*");
  CHECK(text_of(file, scan.blocks[4]) == "check c on a.b\n{ as select 1 }");
}

TEST_CASE("annotations on the line of the header") {
  const std::string first = "@hidden @tags(a, 'b)')\tmodel a { view as select 1 }",
                    second = "model b { view as select 2 }";
  FileScan scan = scan_file(first + "\n\n" + second + "\n");
  REQUIRE(scan.blocks.size() == 2);
  CHECK(scan.blocks[0].name.text() == "a");
  scan = scan_file("model b { view as select 2\n/// Doc.\n" + first + "\n");
  REQUIRE(scan.blocks.size() == 2);
  CHECK(scan.blocks[1].keyword.text() == "model");
  CHECK(scan.blocks[1].name.text() == "a");
}

TEST_CASE("a block does not begin with the blanks behind another one") {
  const std::string file = "schedule a {\n@@}\n\n/// Doc.\nschedule b { manual  run x.y }\n";
  FileScan scan = scan_file(file);
  REQUIRE(scan.blocks.size() == 2);
  CHECK(text_of(file, scan.blocks[1]) == "/// Doc.\nschedule b { manual  run x.y }");
}

TEST_CASE("a header hides in no string and no open comment, but in a closed comment") {
  FileScan scan =
      scan_file("model a { view as select 'x\nmodel b { view as select 'y' }\nmodel c { view as select 1 }\n");
  CHECK(scan.blocks.size() == 3);
  scan = scan_file("model a { view as select 1 /* x\nmodel b { view as select 1 }\n");
  CHECK(scan.blocks.size() == 2);
  scan = scan_file("model a { view as select 1 /* x\nmodel b { view as select 1 }\n*/ }\n");
  CHECK(scan.blocks.size() == 1);
  scan = scan_file("model a { view as select 1\ncdk b from c { }\nmodle d { }\nmodel e { full as select 1 }\n");
  CHECK(scan.blocks.size() == 3);  // the first takes `cdk`: only a word and a name before a brace look like a header
}

TEST_CASE("a description of nothing, and bytes that are no text") {
  CHECK(only_error(scan_file("model a { view as select 1 }\n/// nothing\n").errors) ==
        "PIPE0112 this describes nothing");
  CHECK(only_error(scan_file(std::string_view("model a {\0}", 11)).errors) == "PIPE0108 the text holds a NUL byte");
  CHECK(only_error(scan_file("model a { \xFF }").errors) == "PIPE0108 the byte 0xFF is not UTF-8");
  CHECK(only_error(parse_query(std::string_view("select \0", 8)).errors) == "PIPE0108 the text holds a NUL byte");
  CHECK(only_error(parse_query("select 'a").errors) == "PIPE0102 this string is not closed");
  CHECK(only_error(parse_query("").errors) == "PIPE0101 expected a query or `(`, found the end");
  CHECK(scan_file("").blocks.empty());
}

TEST_CASE("nesting and chains that are too deep give one error") {
  std::string deep(50000, '(');
  CHECK(only_error(parse_query("select " + deep).errors) == "PIPE0109 this is nested deeper than 200 levels");
  CHECK(only_error(parse_block("model a.b { view as select " + deep + "1" + std::string(50000, ')') + " }").errors) ==
        "PIPE0109 this is nested deeper than 200 levels");
  std::string cases;
  std::string types;
  std::string plus = "1";
  std::string unions = "select 1";
  std::string dots = "a";
  for (int i = 0; i < 20000; ++i) {
    cases += "case ";
    types += "array<";
    plus += "+1";
    unions += " union select 1";
    dots += "[1]";
  }
  CHECK(parse_query("select " + cases).errors.size() == 1);
  CHECK(parse_query("select cast(a as " + types).errors.size() == 1);
  for (const std::string& text : {"select " + plus, unions, "select " + dots}) {
    CHECK(only_error(parse_query(text).errors) == "PIPE0109 this is nested or chained too deep");
  }
  std::string braces(30000, '{');
  CHECK(parse_block("source a " + braces).errors.size() == 1);
  CHECK(parse_block("model a.b { " + std::string(30000, '@') + " }").errors.size() <= 101);
}

TEST_CASE("a file or block that is too large gives one error") {
  CHECK(only_error(scan_file(std::string(kLargestFile + 1, ' ')).errors) == "PIPE0110 the file has more than 64 MB");
  std::string values = "values 1";
  for (size_t i = 0; i < kMostTokens / 2; ++i) values += ",1";
  CHECK(only_error(parse_query(values).errors) ==
        "PIPE0110 what begins here has 1000002 words and signs; 1000000 are the most");
  CHECK(only_error(parse_block("model a { full as " + values + " }").errors).substr(0, 8) == "PIPE0110");
  CHECK(parse_query(values.substr(0, values.size() / 4 * 2)).errors.empty());
}

TEST_CASE("fingerprints: tokens, descriptions and comments, each on its own") {
  ParsedBlock a = parse_block("/// Doc.\nmodel a.b { view as select 1 -- c\n}");
  ParsedBlock layout = parse_block("/// Doc.\nmodel   a.b {\n view\n as select 1 -- c\n}");
  CHECK(a.tokens == layout.tokens);
  CHECK(a.docs == layout.docs);
  CHECK(a.comments == layout.comments);
  ParsedBlock doc = parse_block("/// Other.\nmodel a.b { view as select 1 -- c\n}");
  CHECK(a.tokens == doc.tokens);
  CHECK_FALSE(a.docs == doc.docs);
  ParsedBlock comment = parse_block("/// Doc.\nmodel a.b { view as select 1 -- d\n}");
  CHECK(a.tokens == comment.tokens);
  CHECK_FALSE(a.comments == comment.comments);
  ParsedBlock token = parse_block("/// Doc.\nmodel a.b { view as select 2 -- c\n}");
  CHECK_FALSE(a.tokens == token.tokens);
}

TEST_CASE("each comment is attached exactly once") {
  RandomText random(3);
  for (int i = 0; i < 60; ++i) {
    std::string text = random.make("query");
    std::string commented;
    size_t count = 0;
    Tokens tokens;
    lex(text, tokens);
    bool hint = false;
    uint32_t at = 0;
    for (const Token& token : tokens.tokens) {
      commented.append(text, at, token.begin - at);
      // Where two tokens touch, a comment between them would say something else.
      if (!hint && token.begin > at && (token.begin * 7 + static_cast<uint32_t>(i)) % 5 == 0) {
        commented += ++count % 2 == 0 ? "/* c" + std::to_string(count) + " */ " : "-- c" + std::to_string(count) + "\n";
      }
      hint = token.type == HINT_START || (hint && token.type != HINT_END);
      commented.append(text, token.begin, token.end - token.begin);
      at = token.end;
    }
    ParsedQuery plain = parse_query(text);
    ParsedQuery parsed = parse_query(commented);
    INFO(commented);
    REQUIRE(plain.errors.empty());
    REQUIRE(parsed.errors.empty());
    CHECK(ast::same(plain.tree, plain.tree.root, parsed.tree, parsed.tree.root));
    CHECK(parsed.tree.comments.size() == count);
    for (const ast::Comment& comment : parsed.tree.comments) CHECK(comment.node);
  }
}

TEST_CASE("several threads at once read the same as one") {
  std::vector<std::string> blocks;
  RandomText random(7);
  for (int i = 0; i < 40; ++i) blocks.push_back(random.make("model"));
  blocks.push_back("model a.b { viex columns (a int b) as select a b c from t }");
  auto read_all = [&](std::vector<std::string>& out) {
    for (const std::string& block : blocks) {
      ParsedBlock parsed = parse_block(block);
      std::string text = ast::dump(parsed.tree, parsed.tree.root);
      for (const SyntaxError& error : parsed.errors) text += error.message;
      out.push_back(text);
    }
  };
  std::vector<std::string> one;
  read_all(one);
  std::vector<std::vector<std::string>> many(4);
  std::vector<std::thread> threads;
  for (auto& out : many) threads.emplace_back([&] { read_all(out); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& out : many) CHECK(out == one);
}

}  // namespace pipec::syntax
