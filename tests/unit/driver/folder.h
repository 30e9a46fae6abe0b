// A temporary folder for the tests of writing, in memory where the machine has such a place: they sync a lot.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>

struct TemporaryFolder {
  std::string path;

  TemporaryFolder() {
    std::string name = (::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") + std::string("/pipec-driver-XXXXXX");
    path = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  void write(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(path + "/" + file).parent_path());
    std::ofstream(path + "/" + file, std::ios::binary) << text;
  }
  std::string read(const std::string& file) const {
    std::ostringstream text;
    text << std::ifstream(path + "/" + file, std::ios::binary).rdbuf();
    return text.str();
  }
  bool has(const std::string& file) const { return std::filesystem::exists(path + "/" + file); }

  /// All files but those in .pipec.
  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> result;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      std::string file = entry.path().string().substr(path.size() + 1);
      if (entry.is_regular_file() && !file.starts_with(".pipec/")) result[file] = read(file);
    }
    return result;
  }
};

/// Runs it in a process of its own; the exit status, or -1 for a signal.
inline int in_child(const std::function<void()>& body) {
  pid_t child = ::fork();
  if (child == 0) {
    body();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
