// What is said of a seed's file, and at which of its fields.
#include <catch2/catch.hpp>

#include "project/session.h"

using namespace pipec;
using namespace pipec::project;

namespace {

constexpr std::string_view kConfig = R"(name: seeds
language: 1
targets: { prod: { warehouse: { engine: databricks, catalog: main } } }
)";

std::string seed(std::string_view file) {
  std::string text = "seed ref.countries { file '";
  text += file;
  return text + "'  key (code)  columns ( code string not null, members int ) }\n";
}

/// "message [words under it]" of the first finding, or nothing.
std::string said(const std::string& file, const std::string& text) {
  auto vfs = std::make_shared<MemoryVfs>();
  vfs->set("pipec.yaml", std::string(kConfig));
  vfs->set("m.pipe", seed(file));
  vfs->set(file, text);
  Session session(vfs);
  SessionOptions options;
  options.build = false;
  const Analysis& analysis = session.analyze(options);
  for (const Diagnostic& d : analysis.diagnostics) {
    if (d.kind->code != "PIPE0821") continue;
    if (d.place.file.text() == "m.pipe") return d.message;
    CHECK(d.place.file.text() == file);
    return d.message + " [" + text.substr(d.place.span.begin, d.place.span.end - d.place.span.begin) + "]";
  }
  return "";
}

std::string of_csv(const std::string& text) {
  return said("c.csv", text);
}

}  // namespace

TEST_CASE("a file that fits", "[seed]") {
  CHECK(of_csv("members,code\n1,AT\n,DE\n") == "");
  CHECK(said("c.csv", "code,members\n") == "");
}

TEST_CASE("a csv file that does not fit", "[seed]") {
  CHECK(of_csv("") == "the file has no line with the names of its columns []");
  CHECK(of_csv("code,member\nAT,1\n") == "the seed has no column `member`, but its file does");
  CHECK(of_csv("code\nAT\n") == "the file has no column `members`");
  CHECK(of_csv("code,members,code\n") == "the column `code` is there twice [code]");
  CHECK(of_csv("code,members\nAT\n") == "the line has 1 fields, the first one has 2 [AT]");
  CHECK(of_csv("code,members\nAT,many\n") == "`many` is no int, which `members` is [many]");
  CHECK(of_csv("code,members\n,1\n") == "`code` is never null, and here is nothing []");
  CHECK(of_csv("code,members\nAT,1\nAT,2\n") == "the key of this row is there already [AT]");
  CHECK(of_csv("code,members\n\"AT,1\n") == "the quoted field does not end [\"]");
}

TEST_CASE("too many rows", "[seed]") {
  std::string text = "code,members\n";
  for (int i = 0; i < 10'001; ++i) text += std::to_string(i) + ",1\n";
  CHECK(of_csv(text) == "10001 rows are too many for a seed, which is one statement []");
}
