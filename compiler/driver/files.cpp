#include "driver/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/hash.h"

namespace pipec::driver {
namespace {

constexpr size_t kFewFiles = 32;  // above it, one call for the whole file system costs less
constexpr int kPollMs = 20;

[[noreturn]] void fail(const std::string& path, const char* doing, int error) {
  throw IoError{path, std::string(doing) + ": " + std::generic_category().message(error)};
}

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags, const char* doing) : path_(path) {
    number_ = ::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, 0666);
    if (number_ < 0) fail(path, doing, errno);
  }
  ~Descriptor() { ::close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

  size_t size() const {
    struct stat status;
    if (::fstat(number_, &status) != 0) fail(path_, "cannot read", errno);
    return static_cast<size_t>(status.st_size);
  }

  std::string read(size_t size) const {
    std::string text(size, '\0');
    size_t filled = 0;
    while (filled < size) {
      ssize_t count = ::read(number_, text.data() + filled, size - filled);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail(path_, "cannot read", errno);
      if (count == 0) break;  // it became shorter meanwhile
      filled += static_cast<size_t>(count);
    }
    text.resize(filled);
    return text;
  }

 private:
  std::string path_;
  int number_;
};

}  // namespace

FileKind file_kind(const std::string& path) {
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return FileKind::Absent;
    fail(path, "cannot look at it", errno);
  }
  if (S_ISREG(status.st_mode)) return FileKind::Regular;
  return S_ISDIR(status.st_mode) ? FileKind::Folder : FileKind::Other;
}

std::string read_file(const std::string& path) {
  Descriptor file(path, O_RDONLY, "cannot read");
  return file.read(file.size());
}

bool has_content(const std::string& path, std::string_view content) {
  Descriptor file(path, O_RDONLY, "cannot read");
  return file.size() == content.size() && file.read(content.size()) == content;
}

std::string content_hash(const std::string& path) {
  switch (file_kind(path)) {
    case FileKind::Absent:
    case FileKind::Folder:
      return "";
    case FileKind::Regular:
      return fingerprint(read_file(path)).hex();
    case FileKind::Other:
      break;
  }
  return "-";
}

std::vector<std::string> list_files(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> result;
  std::error_code error;
  fs::recursive_directory_iterator entries(folder, error), end;
  for (; !error && entries != end; entries.increment(error)) {
    std::error_code ignored;
    bool is_folder = entries->symlink_status(ignored).type() == fs::file_type::directory;
    if (is_folder && entries->path().filename().string().starts_with('.')) entries.disable_recursion_pending();
    if (!is_folder) result.push_back(entries->path().string().substr(folder.size() + 1));
  }
  if (error) fail(folder, "cannot list", error.value());
  std::sort(result.begin(), result.end());
  return result;
}

void write_new_file(const std::string& path, std::string_view content) {
  Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC, "cannot write");
  while (!content.empty()) {
    ssize_t count = ::write(file.number(), content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path, "cannot write", errno);
    content.remove_prefix(static_cast<size_t>(count));
  }
}

void replace_file(const std::string& path, std::string_view content) {
  std::error_code error;
  std::string real = std::filesystem::canonical(path, error).string();
  if (error) fail(path, "cannot find", error.value());
  struct stat status;
  if (::stat(real.c_str(), &status) != 0) fail(path, "cannot look at it", errno);
  if (::access(real.c_str(), W_OK) != 0) fail(path, "cannot write", errno);
  std::string beside = real + ".XXXXXX";
  int made = ::mkstemp(beside.data());
  if (made < 0) fail(path, "cannot write beside it", errno);
  ::close(made);
  try {
    write_new_file(beside, content);
    if (::chmod(beside.c_str(), status.st_mode & 07777) != 0) fail(path, "cannot keep its mode", errno);
    sync_paths({beside});
    move_over(beside, real);
  } catch (const IoError& failure) {
    ::unlink(beside.c_str());
    throw IoError{path, failure.words};
  }
}

void make_folders(const std::string& path) {
  if (::mkdir(path.c_str(), 0777) == 0) return;
  if (errno == ENOENT) {
    std::string parent = parent_of(path);
    if (parent.empty() || parent == path) fail(path, "cannot make the folder", ENOENT);
    make_folders(parent);
    if (::mkdir(path.c_str(), 0777) == 0) return;
  }
  int error = errno;
  std::error_code ignored;
  if (error != EEXIST || !std::filesystem::is_directory(path, ignored)) fail(path, "cannot make the folder", error);
}

void FolderMaker::make_parent_of(const std::string& path) {
  std::string parent = parent_of(path);
  if (parent == last_) return;
  make_folders(parent);
  last_ = std::move(parent);
}

void remove_empty_folders(const std::string& root, std::string folder) {
  while (!folder.empty() && ::rmdir((root + "/" + folder).c_str()) == 0) folder = parent_of(folder);
}

void remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail(path, "cannot remove", errno);
}

void remove_tree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) fail(path, "cannot remove", error.value());
}

bool move_new(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == EEXIST || errno == ENOENT) return false;
  if (errno != EINVAL && errno != ENOSYS) fail(to, "cannot rename", errno);
  if (file_kind(to) != FileKind::Absent || file_kind(from) == FileKind::Absent) return false;
  move_over(from, to);
  return true;
}

void move_over(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail(to, "cannot rename", errno);
}

void swap_files(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) == 0) return;
  if (errno != EINVAL && errno != ENOSYS) fail(to, "cannot rename", errno);
  move_over(from, to);
}

void sync_paths(const std::vector<std::string>& paths) {
  bool all_at_once = paths.size() > kFewFiles;
  for (const std::string& path : paths) {
    Descriptor file(path, O_RDONLY, "cannot sync");
    int failed = all_at_once ? ::syncfs(file.number()) : ::fsync(file.number());
    if (failed != 0 && errno != EINVAL) fail(path, "cannot sync", errno);
    if (all_at_once) return;
  }
}

std::string parent_of(const std::string& path) {
  size_t slash = path.rfind('/');
  if (slash == std::string::npos) return "";
  return slash == 0 ? "/" : path.substr(0, slash);
}

FileLock::FileLock(const std::string& path, int wait_ms) {
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail(path, "cannot open the lock", errno);
  for (int waited = 0; ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0; waited += kPollMs) {
    int error = errno;
    if (error == EINTR) continue;
    if (error == EWOULDBLOCK && waited < wait_ms) {
      ::usleep(kPollMs * 1000);
      continue;
    }
    ::close(descriptor_);
    if (error == EWOULDBLOCK) throw IoError{path, "another pipec is writing here"};
    fail(path, "cannot lock", error);
  }
}

FileLock::~FileLock() {
  ::close(descriptor_);
}

}  // namespace pipec::driver
