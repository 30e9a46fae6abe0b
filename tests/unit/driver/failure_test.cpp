// Output folders that cannot be written, for every reason that a test can bring about.
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "driver/writer.h"
#include "folder.h"

using namespace pipec;
using namespace pipec::driver;

namespace {

const ArtifactFiles kOld{{"a", "old"}, {"b/x", "old"}, {"gone", "old"}, {"sub/y", "old"}};
const ArtifactFiles kNew{{"a", "new"}, {"b/x", "new"}, {"c/z", "new"}, {"sub/y", "new"}};

constexpr uid_t kNobody = 65534;

void expect_failure(const WriteResult& result, const std::string& words) {
  CHECK(result.status == WriteStatus::Failed);
  REQUIRE(result.diagnostics.size() == 1);
  CHECK(result.diagnostics[0].kind->code == "PIPE0852");
  CAPTURE(result.diagnostics[0].message);
  CHECK(result.diagnostics[0].message.find(words) != std::string::npos);
}

// The exit status says whether the build failed with these words and left everything as it was.
int failed_with(const TemporaryFolder& out, const ArtifactFiles& files, const std::string& words) {
  WriteResult result = write_artifacts(out.path, files);
  if (result.status != WriteStatus::Failed || result.diagnostics.size() != 1) return 1;
  if (result.diagnostics[0].message.find(words) == std::string::npos) return 2;
  return 0;
}

void own_all(const std::string& path, uid_t user) {
  REQUIRE(::lchown(path.c_str(), user, user) == 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    REQUIRE(::lchown(entry.path().c_str(), user, user) == 0);
  }
}

// Permissions bind everybody but root.
void become_somebody() {
  if (::getuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) ::_exit(9);
}

}  // namespace

TEST_CASE("the output folder is a file", "[failure]") {
  TemporaryFolder out;
  out.write("dist", "a file");
  expect_failure(write_artifacts(out.path + "/dist/prod", kNew), "Not a directory");
  expect_failure(write_artifacts(out.path + "/dist", kNew), "Not a directory");
  CHECK(out.read("dist") == "a file");
}

TEST_CASE("the output folder may not be written", "[failure]") {
  TemporaryFolder out;
  write_artifacts(out.path, kOld);
  if (::getuid() == 0) own_all(out.path, kNobody);
  ::chmod((out.path + "/.pipec").c_str(), 0555);
  CHECK(in_child([&] {
          become_somebody();
          ::_exit(failed_with(out, kNew, "Permission denied"));
        }) == 0);
  CHECK(out.files() == kOld);
  ::chmod((out.path + "/.pipec").c_str(), 0755);
}

TEST_CASE("a rename fails half way: every file is put back", "[failure]") {
  for (const char* closed : {"sub", "b"}) {
    TemporaryFolder out;
    write_artifacts(out.path, kOld);
    std::string index = out.read(".pipec/index.json");
    if (::getuid() == 0) own_all(out.path, kNobody);
    ::chmod((out.path + "/" + closed).c_str(), 0555);
    CHECK(in_child([&] {
            become_somebody();
            ::_exit(failed_with(out, kNew, "Permission denied"));
          }) == 0);
    CHECK(out.files() == kOld);
    CHECK(out.read(".pipec/index.json") == index);
    CHECK_FALSE(out.has(".pipec/journal.json"));
    CHECK_FALSE(out.has(".pipec/stage"));
    CHECK_FALSE(out.has("c"));
    ::chmod((out.path + "/" + closed).c_str(), 0755);
    CHECK(write_artifacts(out.path, kNew).status == WriteStatus::Written);
    CHECK(out.files() == kNew);
  }
}

TEST_CASE("a file may not grow: old artifacts are whole", "[failure]") {
  TemporaryFolder out;
  write_artifacts(out.path, kOld);
  ArtifactFiles large = kNew;
  large["large"] = std::string(200000, 'x');
  CHECK(in_child([&] {
          ::signal(SIGXFSZ, SIG_IGN);
          rlimit limit{100000, 100000};
          ::setrlimit(RLIMIT_FSIZE, &limit);
          ::_exit(failed_with(out, large, "File too large"));
        }) == 0);
  CHECK(out.files() == kOld);
  CHECK_FALSE(out.has(".pipec/stage"));
}

TEST_CASE("the disk is full: old artifacts are whole", "[failure]") {
  TemporaryFolder out;
  if (::mount("tmpfs", out.path.c_str(), "tmpfs", 0, "size=128k") != 0) {
    WARN("SKIPPED: this user may not mount a small file system");
    return;
  }
  CHECK(write_artifacts(out.path, kOld).status == WriteStatus::Written);
  ArtifactFiles large = kNew;
  for (int i = 0; i < 64; ++i) large["large" + std::to_string(i)] = std::string(4096, 'x');
  expect_failure(write_artifacts(out.path, large), "No space left on device");
  CHECK(out.files() == kOld);
  CHECK_FALSE(out.has(".pipec/stage"));
  CHECK(write_artifacts(out.path, kNew).status == WriteStatus::Written);
  ::umount(out.path.c_str());
}

TEST_CASE("two builds at once: the second waits, then says so", "[failure]") {
  TemporaryFolder out;
  write_artifacts(out.path, kOld);
  int lock = ::open((out.path + "/.pipec/lock").c_str(), O_RDWR);
  REQUIRE(lock >= 0);
  REQUIRE(::flock(lock, LOCK_EX) == 0);
  expect_failure(write_artifacts(out.path, kNew, {.lock_wait_ms = 60}), "another pipec is writing here");
  CHECK(out.files() == kOld);
  pid_t child = ::fork();
  if (child == 0) {  // gets the lock as soon as it is given back
    ::_exit(write_artifacts(out.path, kNew, {.lock_wait_ms = 10000}).status == WriteStatus::Written ? 0 : 1);
  }
  ::usleep(60000);
  ::flock(lock, LOCK_UN);
  int status = 1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  ::close(lock);
  CHECK(out.files() == kNew);
}
