// Builds that are killed at every step, and recoveries that are killed at every step.
#include <catch2/catch.hpp>
#include <set>

#include "driver/journal.h"
#include "driver/writer.h"
#include "folder.h"

using namespace pipec;
using namespace pipec::driver;

namespace {

const ArtifactFiles kOld{{"same", "s"}, {"changed", "old"},  {"d/changed2", "old2"},
                         {"gone", "g"}, {"e/f/gone2", "g2"}, {"swap", "file"}};
const ArtifactFiles kNew{{"same", "s"},  {"changed", "new"},   {"d/changed2", "new2"},
                         {"added", "a"}, {"n/m/added2", "a2"}, {"swap/in", "i"}};

constexpr int kKilled = 137;

// Never torn, never anything else.
void check_old_or_new(const TemporaryFolder& out) {
  for (const auto& [path, content] : out.files()) {
    CAPTURE(path, content);
    bool is_old = kOld.contains(path) && kOld.at(path) == content;
    bool is_new = kNew.contains(path) && kNew.at(path) == content;
    REQUIRE((is_old || is_new));
  }
  REQUIRE(out.read("same") == "s");
  REQUIRE(out.has("changed"));
  REQUIRE(out.has("d/changed2"));
}

void check_whole(const TemporaryFolder& out) {
  ArtifactFiles files = out.files();
  REQUIRE((files == kOld || files == kNew));
  REQUIRE_FALSE(out.has(".pipec/journal.json"));
  REQUIRE_FALSE(out.has(".pipec/stage"));
  Index index;
  REQUIRE(parse_index(out.read(".pipec/index.json"), index));
  std::set<std::string> owned, there;
  for (const auto& [path, hash] : index) owned.insert(path);
  for (const auto& [path, content] : files) there.insert(path);
  REQUIRE(owned == there);
}

int killed_build(const TemporaryFolder& out, int step) {
  return in_child([&] { write_artifacts(out.path, kNew, {.fail_after_renames = step}); });
}

}  // namespace

TEST_CASE("killed at every step, the next command completes or rolls back", "[crash]") {
  bool saw_old = false, saw_new = false;
  int step = 0;
  for (;; ++step) {
    CAPTURE(step);
    TemporaryFolder out;
    REQUIRE(write_artifacts(out.path, kOld).status == WriteStatus::Written);
    int status = killed_build(out, step);
    check_old_or_new(out);
    if (status == 0) break;
    REQUIRE(status == kKilled);
    REQUIRE(recover(out.path).status == WriteStatus::Written);
    check_whole(out);
    (out.files() == kOld ? saw_old : saw_new) = true;
    REQUIRE(write_artifacts(out.path, kNew).status == WriteStatus::Written);
    REQUIRE(out.files() == kNew);
  }
  CHECK(step > 15);
  CHECK(saw_old);
  CHECK(saw_new);
}

TEST_CASE("killed while recovering, at every step of every step", "[crash]") {
  int recoveries = 0;
  for (int step = 0;; ++step) {
    TemporaryFolder probe;
    write_artifacts(probe.path, kOld);
    if (killed_build(probe, step) == 0) break;
    for (int again = 0;; ++again) {
      CAPTURE(step, again);
      TemporaryFolder out;
      write_artifacts(out.path, kOld);
      REQUIRE(killed_build(out, step) == kKilled);
      int status = in_child([&] { recover(out.path, {.fail_after_renames = again}); });
      check_old_or_new(out);
      if (status == 0) break;
      ++recoveries;
      REQUIRE(recover(out.path).status == WriteStatus::Written);
      check_whole(out);
    }
  }
  CHECK(recoveries > 20);
}

TEST_CASE("the next build recovers by itself, also to something else", "[crash]") {
  for (int step = 0;; ++step) {
    TemporaryFolder out;
    write_artifacts(out.path, kOld);
    if (killed_build(out, step) == 0) break;
    CAPTURE(step);
    ArtifactFiles third{{"changed", "third"}, {"gone", "g"}, {"added", "other"}};
    REQUIRE(write_artifacts(out.path, third).status == WriteStatus::Written);
    REQUIRE(out.files() == third);
  }
}

TEST_CASE("what somebody edits between the crash and the recovery stays", "[crash]") {
  bool kept_added = false;
  for (int step = 0;; ++step) {
    TemporaryFolder out;
    write_artifacts(out.path, kOld);
    if (killed_build(out, step) == 0) break;
    CAPTURE(step);
    out.write("changed", "edited");
    out.write("gone", "edited");
    bool added_is_mine = !out.has("added");
    if (added_is_mine) out.write("added", "mine");
    REQUIRE(recover(out.path).status == WriteStatus::Written);
    CHECK(out.read("changed") == "edited");
    CHECK(out.read("gone") == "edited");
    WriteResult result = write_artifacts(out.path, kNew);
    CHECK(result.status == WriteStatus::Refused);
    if (!added_is_mine) continue;
    kept_added = true;
    write_artifacts(out.path, kNew, {.force = true});
    CHECK(out.read("added") == "mine");
  }
  CHECK(kept_added);
}

TEST_CASE("recovering where nothing happened creates nothing", "[crash]") {
  TemporaryFolder out;
  CHECK(recover(out.path).status == WriteStatus::Written);
  CHECK(recover(out.path + "/none").status == WriteStatus::Written);
  CHECK_FALSE(out.has(".pipec"));
}

TEST_CASE("a damaged journal is an error that says what to do", "[crash]") {
  TemporaryFolder out;
  write_artifacts(out.path, kOld);
  out.write(".pipec/journal.json", "{");
  WriteResult result = write_artifacts(out.path, kNew);
  CHECK(result.status == WriteStatus::Failed);
  REQUIRE(result.diagnostics.size() == 1);
  CHECK(result.diagnostics[0].message.find("remove it") != std::string::npos);
  CHECK(out.files() == kOld);
}
