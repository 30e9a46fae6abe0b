#include "driver/writer.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "folder.h"

using namespace pipec;
using namespace pipec::driver;
namespace fs = std::filesystem;

namespace {

std::string code(const WriteResult& result) {
  return result.diagnostics.empty() ? "" : std::string(result.diagnostics[0].kind->code);
}

std::string blamed(const WriteResult& result) {
  return result.diagnostics.empty() ? "" : std::string(result.diagnostics[0].place.file.text());
}

struct timespec changed_at(const std::string& path) {
  struct stat status{};
  ::stat(path.c_str(), &status);
  return status.st_ctim;
}

}  // namespace

TEST_CASE("a build writes what changed and nothing else", "[writer]") {
  TemporaryFolder out;
  ArtifactFiles files{{"a/x.json", "1"}, {"a/y.json", "2"}, {"b.sql", "select 1"}};
  WriteResult first = write_artifacts(out.path + "/new/dist", files);
  CHECK(first.status == WriteStatus::Written);
  CHECK(first.written == std::vector<std::string>{"a/x.json", "a/y.json", "b.sql"});
  std::string dist = out.path + "/new/dist";
  auto index_time = changed_at(dist + "/.pipec/index.json"), x_time = changed_at(dist + "/a/x.json");

  WriteResult second = write_artifacts(dist, files);
  CHECK(second.written.empty());
  CHECK(second.unchanged == 3);
  CHECK(changed_at(dist + "/.pipec/index.json").tv_nsec == index_time.tv_nsec);

  files = {{"a/x.json", "1"}, {"a/y.json", "changed"}, {"c/d/e", "new"}};
  WriteResult third = write_artifacts(dist, files);
  CHECK(third.written == std::vector<std::string>{"a/y.json", "c/d/e"});
  CHECK(third.removed == std::vector<std::string>{"b.sql"});
  CHECK(changed_at(dist + "/a/x.json").tv_nsec == x_time.tv_nsec);
  CHECK(out.read("new/dist/a/y.json") == "changed");
  CHECK_FALSE(out.has("new/dist/.pipec/stage"));
  CHECK_FALSE(out.has("new/dist/.pipec/journal.json"));

  WriteResult fourth = write_artifacts(dist, {});
  CHECK(fourth.removed.size() == 3);
  CHECK_FALSE(out.has("new/dist/c"));  // folders that became empty go too
  CHECK(out.has("new/dist"));
}

TEST_CASE("a file and a folder can take each other's place", "[writer]") {
  TemporaryFolder out;
  CHECK(write_artifacts(out.path, {{"a", "file"}, {"b/c/d", "x"}}).status == WriteStatus::Written);
  CHECK(write_artifacts(out.path, {{"a/b", "inside"}, {"b", "file"}}).status == WriteStatus::Written);
  CHECK(out.files() == ArtifactFiles{{"a/b", "inside"}, {"b", "file"}});
}

TEST_CASE("files that pipec did not write are never touched", "[writer]") {
  TemporaryFolder out;
  out.write("README.md", "mine");
  out.write("a/x", "mine too");
  out.write("kept/y", "mine");
  for (bool force : {false, true}) {
    WriteResult result = write_artifacts(out.path, {{"a/x", "generated"}, {"b", "1"}}, {.force = force});
    CHECK(result.status == WriteStatus::Refused);
    CHECK(code(result) == "PIPE0850");
    CHECK(blamed(result) == out.path + "/a/x");
    CHECK_FALSE(out.has("b"));
    CHECK(out.read("a/x") == "mine too");
  }
  // One that holds the very bytes is taken over: a checkout without an index.
  CHECK(write_artifacts(out.path, {{"a/x", "mine too"}}).unchanged == 1);
  CHECK(write_artifacts(out.path, {{"a/x", "generated"}}).status == WriteStatus::Written);
  CHECK(code(write_artifacts(out.path, {{"README.md/x", "1"}})) == "PIPE0850");
  CHECK(code(write_artifacts(out.path, {{"kept", "1"}})) == "PIPE0850");
  CHECK(out.read("README.md") == "mine");
  CHECK(out.read("kept/y") == "mine");
}

TEST_CASE("links are not followed", "[writer]") {
  TemporaryFolder out, elsewhere;
  elsewhere.write("x", "theirs");
  fs::create_directory_symlink(elsewhere.path, out.path + "/folder");
  fs::create_symlink(elsewhere.path + "/x", out.path + "/file");
  CHECK(code(write_artifacts(out.path, {{"folder/x", "1"}})) == "PIPE0850");
  CHECK(code(write_artifacts(out.path, {{"file", "1"}})) == "PIPE0850");
  CHECK(elsewhere.read("x") == "theirs");
}

TEST_CASE("files edited by hand are reported, not overwritten", "[writer]") {
  TemporaryFolder out;
  write_artifacts(out.path, {{"a", "1"}, {"b", "1"}});
  out.write("a", "edited");
  out.write("b", "edited");
  WriteResult result = write_artifacts(out.path, {{"a", "2"}});
  CHECK(result.status == WriteStatus::Refused);
  CHECK(result.diagnostics.size() == 2);  // one would be overwritten, one removed
  CHECK(code(result) == "PIPE0851");
  CHECK(out.files() == ArtifactFiles{{"a", "edited"}, {"b", "edited"}});
  CHECK(write_artifacts(out.path, {{"a", "2"}}, {.force = true}).status == WriteStatus::Written);
  CHECK(out.files() == ArtifactFiles{{"a", "2"}});
  // Edited into what would be generated anyway: nobody minds.
  out.write("a", "3");
  CHECK(write_artifacts(out.path, {{"a", "3"}}).status == WriteStatus::Written);
  // Removed by hand: written again.
  fs::remove(out.path + "/a");
  CHECK(write_artifacts(out.path, {{"a", "3"}}).written.size() == 1);
}

TEST_CASE("a damaged index makes nothing pipec's", "[writer]") {
  TemporaryFolder out;
  write_artifacts(out.path, {{"a", "1"}, {"b", "1"}});
  out.write(".pipec/index.json", "{\"files\": 3");
  CHECK(code(write_artifacts(out.path, {{"a", "2"}, {"b", "1"}})) == "PIPE0850");
  CHECK(write_artifacts(out.path, {{"a", "1"}, {"b", "1"}}).unchanged == 2);
  CHECK(write_artifacts(out.path, {{"a", "2"}, {"b", "1"}}).written.size() == 1);
}

TEST_CASE("a path that leaves the folder is refused", "[writer]") {
  TemporaryFolder out;
  for (const char* path : {"../x", "/x", "a/../x", "a//x", "", "a/", ".pipec/index.json", "./x"}) {
    CAPTURE(path);
    CHECK(write_artifacts(out.path + "/dist", {{path, "1"}}).status == WriteStatus::Failed);
  }
  CHECK(out.files().empty());
}

TEST_CASE("build --check lists what is not current", "[check]") {
  TemporaryFolder out;
  write_artifacts(out.path, {{"a", "1"}, {"b", "1"}, {"c", "1"}});
  out.write("mine", "not generated");
  CheckResult result = check_artifacts(out.path, {{"a", "1"}, {"b", "2"}, {"d", "1"}});
  CHECK(result.changed == std::vector<std::string>{"b"});
  CHECK(result.missing == std::vector<std::string>{"d"});
  CHECK(result.extra == std::vector<std::string>{"c"});
  CHECK_FALSE(result.current());
  CHECK(check_artifacts(out.path, {{"a", "1"}, {"b", "1"}, {"c", "1"}}).current());
  // A checkout in which .pipec was not kept.
  fs::remove_all(out.path + "/.pipec");
  CHECK(check_artifacts(out.path, {{"a", "1"}, {"b", "1"}, {"c", "1"}}).extra == std::vector<std::string>{"mine"});
  CHECK_FALSE(out.has(".pipec"));
  CHECK(check_artifacts(out.path + "/none", {{"a", "1"}}).missing.size() == 1);
}
