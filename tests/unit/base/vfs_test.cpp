#include "base/vfs.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

using namespace pipec;
namespace fs = std::filesystem;

namespace {

struct TemporaryFolder {
  std::string path;
  TemporaryFolder() {
    char name[] = "/tmp/pipec-vfs-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  void write(const std::string& file, const std::string& text) const {
    fs::create_directories(fs::path(path + "/" + file).parent_path());
    std::ofstream(path + "/" + file, std::ios::binary) << text;
  }
};

}  // namespace

TEST_CASE("a walk is sorted and leaves out what is no source", "[vfs]") {
  TemporaryFolder folder;
  folder.write("pipec.yaml", "name: x\n");
  folder.write("b/z.pipe", "");
  folder.write("b.pipe", "");
  folder.write("a/dist/kept.pipe", "");
  folder.write("dist/prod/x.json", "");
  folder.write("build/y", "");
  folder.write(".git/config", "");
  folder.write("a/.hidden/z", "");
  fs::create_directory_symlink("..", folder.path + "/a/circle");
  ::mkfifo((folder.path + "/pipe").c_str(), 0600);
  ListResult result = disk_vfs(folder.path)->list();
  CHECK(result.ok);
  CHECK(result.paths == std::vector<std::string>{"a/dist/kept.pipe", "b.pipe", "b/z.pipe", "pipe", "pipec.yaml"});
}

TEST_CASE("reading says why it failed", "[vfs]") {
  TemporaryFolder folder;
  folder.write("empty", "");
  folder.write("bytes", std::string("a\0b\r\n", 5));
  fs::create_directory(folder.path + "/folder");
  ::mkfifo((folder.path + "/pipe").c_str(), 0600);
  auto vfs = disk_vfs(folder.path);
  CHECK(vfs->read("empty").ok);
  CHECK(vfs->read("bytes").text == std::string("a\0b\r\n", 5));
  CHECK(vfs->read("missing").error == "No such file or directory");
  CHECK(vfs->read("folder").error == "Is a directory");
  CHECK(vfs->read("pipe").error == "Not a regular file");
}

TEST_CASE("a missing root is an error that names it", "[vfs]") {
  ListResult result = disk_vfs("/nowhere/at/all")->list();
  CHECK_FALSE(result.ok);
  CHECK(result.error == "/nowhere/at/all: No such file or directory");
}

TEST_CASE("memory lies over its base", "[vfs]") {
  auto base = std::make_shared<MemoryVfs>();
  base->set("a", "old");
  base->set("b", "kept");
  MemoryVfs over(base);
  over.set("a", "new");
  over.set("c", "added");
  CHECK(over.list().paths == std::vector<std::string>{"a", "b", "c"});
  CHECK(over.read("a").text == "new");
  CHECK(over.read("b").text == "kept");
  CHECK(over.read("d").error == "No such file or directory");
  over.remove("a");
  CHECK(over.read("a").text == "old");
}
