#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "diagnostics/registry.h"
#include "diagnostics/render.h"

using namespace pipec;

TEST_CASE("diagnostics for programs", "[json]") {
  constexpr DiagnosticKind kind{"PIPE0301", Severity::Error, "a column that does not exist"};
  SourceTexts texts{{"a.pipe", "é\nselect feee"}};
  Sink sink;
  Symbol file = Symbol::of("a.pipe");
  sink.report(kind, Place::in_file(file, {10, 14}), "no column `fe\xFF\"`")
      .at("here")
      .label(Place::in_file(Symbol::of("gone"), {0, 1}), "there")
      .note("n")
      .help("h")
      .fix("write `fee`", Place::in_file(file, {10, 14}), "fee");
  auto json = nlohmann::json::parse(render_json(sink.diagnostics(), texts));
  CHECK(json["format_version"] == 1);
  CHECK(json["errors"] == 1);
  CHECK(json["warnings"] == 0);
  auto& d = json["diagnostics"][0];
  CHECK(d["code"] == "PIPE0301");
  CHECK(d["severity"] == "error");
  CHECK(d["message"] == "no column `fe\xEF\xBF\xBD\"`");
  CHECK(d["path"] == "a.pipe");
  CHECK(d["start"] == nlohmann::json{{"line", 2}, {"column", 8}, {"offset", 10}});
  CHECK(d["end"] == nlohmann::json{{"line", 2}, {"column", 12}, {"offset", 14}});
  CHECK(d["labels"][0]["path"] == "gone");
  CHECK_FALSE(d["labels"][0].contains("start"));
  CHECK(d["fix"]["edits"][0]["text"] == "fee");
  auto empty = nlohmann::json::parse(render_json({}, {}));
  CHECK(empty["diagnostics"].is_array());
}

TEST_CASE("the registry is sorted, unique, and finds by code", "[registry]") {
  auto kinds = all_diagnostic_kinds();
  for (size_t i = 1; i < kinds.size(); ++i) CHECK(kinds[i - 1].code < kinds[i].code);
  for (const DiagnosticKind& kind : kinds) {
    CHECK(kind.code.size() == 8);
    CHECK(find_diagnostic_kind(kind.code) == &kind);
  }
  CHECK(find_diagnostic_kind("PIPE") == nullptr);
  CHECK(find_diagnostic_kind("") == nullptr);
  CHECK(diagnostic_page("PIPE9999").empty());
}

TEST_CASE("suggestions in words", "[diagnostics]") {
  CHECK(did_you_mean("fe", {"fee", "fez", "few", "x"}) == "did you mean `fee`, `few` or `fez`?");
  CHECK(did_you_mean("name", {"names"}) == "did you mean `names`?");
  CHECK(did_you_mean("name", {}).empty());
}
