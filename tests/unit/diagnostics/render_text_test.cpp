#include <catch2/catch.hpp>

#include "diagnostics/render.h"

using namespace pipec;

namespace {

constexpr DiagnosticKind kUnknown{"PIPE0301", Severity::Error, "a column that does not exist"};
constexpr DiagnosticKind kSlow{"PIPE0777", Severity::Warning, "slow"};

Place find(const SourceTexts& texts, const std::string& path, std::string_view words) {
  auto at = static_cast<uint32_t>(texts.at(path).find(words));
  return Place::in_file(Symbol::of(path), {at, at + static_cast<uint32_t>(words.size())});
}

std::string render(Sink& sink, const SourceTexts& texts, bool color = false) {
  std::vector<Diagnostic> diagnostics = sink.take();
  sort_diagnostics(diagnostics);
  return "\n" + render_text(diagnostics, texts, {color});
}

}  // namespace

TEST_CASE("one place", "[render]") {
  SourceTexts texts{{"a.pipe", "model gold.x {\n\tselect feee, name\n}\n"}};
  Sink sink;
  sink.report(kUnknown, find(texts, "a.pipe", "feee"), "no column `feee` in `players`")
      .at("not a column of `players`")
      .note("columns: `fee`,\n`name`")
      .help("did you mean `fee`?");
  CHECK(render(sink, texts) == R"(
error[PIPE0301]: no column `feee` in `players`
 --> a.pipe:2:9
  |
2 |     select feee, name
  |            ^^^^ not a column of `players`
  = note: columns: `fee`,
          `name`
  = help: did you mean `fee`?

error: 1 error
)");
}

TEST_CASE("several places and files", "[render]") {
  SourceTexts texts{{"m.pipe", "from a\njoin b on a.x = b.y\n\n\n\n\n\n\n\nwhere a.x > 1\n"},
                    {"s.pipe", "table a (x int)"}};
  Sink sink;
  sink.report(kUnknown, find(texts, "m.pipe", "a.x = b.y"), "types differ")
      .at("compared here")
      .label(find(texts, "m.pipe", "b.y"), "a `string`")
      .label(find(texts, "s.pipe", "x int"), "an `int`")
      .label(find(texts, "m.pipe", "> 1"), "and here")
      .label(find(texts, "m.pipe", "from a"), "");
  sink.report(kSlow, find(texts, "s.pipe", "a"), "slow");
  CHECK(render(sink, texts) == R"(
error[PIPE0301]: types differ
  --> m.pipe:2:11
   |
 1 | from a
   | ------
 2 | join b on a.x = b.y
   |           ^^^^^^^^^ a `string`
   |           |
   |           compared here
...
10 | where a.x > 1
   |           --- and here
  ::: s.pipe:1:10
   |
 1 | table a (x int)
   |          ----- an `int`

warning[PIPE0777]: slow
 --> s.pipe:1:2
  |
1 | table a (x int)
  |  ^

error: 1 error, 1 warning
)");
}

TEST_CASE("labels of one line do not cross", "[render]") {
  SourceTexts texts{{"a", "aa bb cc"}};
  Sink sink;
  sink.report(kUnknown, find(texts, "a", "bb"), "m")
      .at("second")
      .label(find(texts, "a", "aa"), "first")
      .label(find(texts, "a", "cc"), "third");
  CHECK(render(sink, texts) == R"(
error[PIPE0301]: m
 --> a:1:4
  |
1 | aa bb cc
  | -- ^^ -- third
  | |  |
  | |  second
  | first

error: 1 error
)");
}

TEST_CASE("no text, no file, a place beyond the end, several lines", "[render]") {
  SourceTexts texts{{"a", "one\ntwo"}, {"empty", ""}};
  Sink sink;
  sink.report(kUnknown, Place{}, "no project");
  sink.report(kUnknown, Place::in_file(Symbol::of("missing"), {}), "cannot be read").help("create it");
  sink.report(kUnknown, Place::in_file(Symbol::of("empty"), {5, 9}), "empty").at("here");
  sink.report(kUnknown, Place::in_file(Symbol::of("a"), {1, 7}), "both");
  sink.report(kUnknown, Place::in_file(Symbol::of("a"), {3, 4}), "line end");
  CHECK(render(sink, texts) == R"(
error[PIPE0301]: no project

error[PIPE0301]: both
 --> a:1:2
  |
1 | one
  |  ^^

error[PIPE0301]: line end
 --> a:1:4
  |
1 | one
  |    ^

error[PIPE0301]: empty
 --> empty

error[PIPE0301]: cannot be read
 --> missing
  = help: create it

error: 5 errors
)");
}

TEST_CASE("wide and hostile characters", "[render]") {
  SourceTexts texts{{"a", "\xE6\xBC\xA2 \x1b[31m\xE2\x80\xAE bad \xFF!"}};
  Sink sink;
  sink.report(kUnknown, find(texts, "a", "bad"), "name `x\x1b[0m\ny`").at("t");
  CHECK(render(sink, texts) ==
        "\nerror[PIPE0301]: name `x\xEF\xBF\xBD[0m\xEF\xBF\xBDy`\n --> a:1:10\n  |\n1 | \xE6\xBC\xA2 "
        "\xEF\xBF\xBD[31m\xEF\xBF\xBD bad \xEF\xBF\xBD!\n  |          ^^^ t\n\nerror: 1 error\n");
}

TEST_CASE("a very long line is cut around its mark", "[render]") {
  SourceTexts texts{{"a", std::string(5000, 'x') + "BAD" + std::string(5000, 'y')}};
  Sink sink;
  sink.report(kUnknown, find(texts, "a", "BAD"), "m").at("t");
  std::string text = render(sink, texts);
  CHECK(text.size() < 600);
  CHECK(text.find("..." + std::string(80, 'x') + "BAD") != std::string::npos);
  CHECK(text.find(std::string(87 - 4, ' ') + " ^^^ t") != std::string::npos);
}

TEST_CASE("colours wrap, and change nothing else", "[render]") {
  SourceTexts texts{{"a", "one"}};
  Sink plain, colored;
  for (Sink* sink : {&plain, &colored}) sink->report(kSlow, find(texts, "a", "one"), "m").at("t").help("h");
  std::string text = render(colored, texts, true), stripped;
  CHECK(text.find("\x1b[1;33mwarning[PIPE0777]\x1b[0m") != std::string::npos);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      i = text.find('m', i);
    } else {
      stripped += text[i];
    }
  }
  CHECK(stripped == render(plain, texts));
}

TEST_CASE("paths can be opened from where the command was run", "[render]") {
  Sink sink;
  sink.report(kSlow, Place::in_file(Symbol::of("a"), {0, 1}), "m");
  CHECK(render_text(sink.diagnostics(), {{"a", "x\n"}}, {.color = false, .root = "specs/first/"}) ==
        "warning[PIPE0777]: m\n --> specs/first/a:1:1\n  |\n1 | x\n  | ^\n\nwarning: 1 warning\n");
}

TEST_CASE("equal diagnostics are said once, in the order of the places", "[render]") {
  Sink sink;
  Symbol b = Symbol::of("b"), a = Symbol::of("a");
  sink.report(kUnknown, Place::in_file(b, {5, 6}), "m");
  sink.report(kUnknown, Place::in_file(b, {2, 3}), "m");
  sink.report(kUnknown, Place::in_file(a, {9, 9}), "m");
  sink.report(kUnknown, Place::in_file(b, {5, 6}), "m");
  sink.report(kSlow, Place::in_file(b, {5, 6}), "m");
  CHECK(sink.has_errors());
  std::vector<Diagnostic> all = sink.take();
  sort_diagnostics(all);
  REQUIRE(all.size() == 4);
  CHECK(all[0].place.file == a);
  CHECK(all[1].place.span.begin == 2);
  CHECK(all[3].kind->code == "PIPE0777");
  CHECK(render_text({}, {}).empty());
}
