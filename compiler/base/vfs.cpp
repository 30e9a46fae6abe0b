#include "base/vfs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>
#include <system_error>

namespace pipec {
namespace {

namespace fs = std::filesystem;

constexpr off_t kLargestFile = 1 << 30;  // spans are 32-bit; a source of this size is a mistake

std::string system_words(int error) {
  return std::generic_category().message(error);
}

// What a build writes, and what tools keep beside the sources, is no source.
bool is_skipped_folder(const std::string& name, bool at_root) {
  return name.starts_with('.') || (at_root && (name == "dist" || name == "build"));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

class DiskVfs : public Vfs {
 public:
  explicit DiskVfs(std::string root) : root_(root.empty() ? "." : std::move(root)) {}

  ListResult list() const override {
    ListResult result;
    result.ok = true;
    walk("", result);
    std::sort(result.paths.begin(), result.paths.end());
    return result;
  }

  ReadResult read(const std::string& path) const override {
    std::string full = root_ + "/" + path;
    // Not blocking, so that opening a named pipe does not wait for a writer.
    Descriptor file(::open(full.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (file.number() < 0) return failed(system_words(errno));
    struct stat status;
    if (::fstat(file.number(), &status) != 0) return failed(system_words(errno));
    if (S_ISDIR(status.st_mode)) return failed(system_words(EISDIR));
    if (!S_ISREG(status.st_mode)) return failed("Not a regular file");
    if (status.st_size > kLargestFile) return failed(system_words(EFBIG));
    ReadResult result;
    result.text.resize(static_cast<size_t>(status.st_size));
    size_t filled = 0;
    while (filled < result.text.size()) {
      ssize_t count = ::read(file.number(), result.text.data() + filled, result.text.size() - filled);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return failed(system_words(errno));
      if (count == 0) break;  // it became shorter meanwhile
      filled += static_cast<size_t>(count);
    }
    result.text.resize(filled);
    result.ok = true;
    return result;
  }

 private:
  static ReadResult failed(std::string error) { return {false, {}, std::move(error)}; }

  // Links to files are followed, links to folders are not: those can form a circle.
  void walk(const std::string& folder, ListResult& result) const {
    std::error_code error;
    fs::directory_iterator entries(root_ + "/" + folder, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
      std::string name = entries->path().filename().string();
      std::string path = folder.empty() ? name : folder + "/" + name;
      std::error_code ignored;
      if (entries->symlink_status(ignored).type() == fs::file_type::directory) {
        if (!is_skipped_folder(name, folder.empty())) walk(path, result);
      } else if (!entries->is_directory(ignored)) {
        // A link to nothing or a device is listed too: reading it gives the error that its user has to see.
        result.paths.push_back(std::move(path));
      }
    }
    if (error && result.ok) {
      result.ok = false;
      result.error = (folder.empty() ? root_ : folder) + ": " + error.message();
    }
  }

  std::string root_;
};

}  // namespace

std::unique_ptr<Vfs> disk_vfs(std::string root) {
  return std::make_unique<DiskVfs>(std::move(root));
}

ListResult MemoryVfs::list() const {
  ListResult result;
  if (base_) {
    result = base_->list();
  } else {
    result.ok = true;
  }
  std::set<std::string> paths(result.paths.begin(), result.paths.end());
  for (const auto& [path, text] : files_) paths.insert(path);
  result.paths.assign(paths.begin(), paths.end());
  return result;
}

ReadResult MemoryVfs::read(const std::string& path) const {
  auto found = files_.find(path);
  if (found != files_.end()) return {true, found->second, {}};
  if (base_) return base_->read(path);
  return {false, {}, system_words(ENOENT)};
}

}  // namespace pipec
