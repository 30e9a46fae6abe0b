// Where a project's files come from: disk, an editor's unsaved text over it, memory. Read only: writing is
// the driver's.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pipec {

struct ReadResult {
  bool ok = false;
  std::string text;
  std::string error;  // the system's words, when not ok
};

/// When a folder cannot be read, ok is false and `error` names it; the paths of the others are still there.
struct ListResult {
  bool ok = false;
  std::vector<std::string> paths;  // relative to the root, '/' between parts, sorted by bytes
  std::string error;
};

/// Paths are relative to the project's root and use '/'.
class Vfs {
 public:
  virtual ~Vfs() = default;
  /// Every regular file below the root, hidden folders and the root's `dist` and `build` left out.
  virtual ListResult list() const = 0;
  virtual ReadResult read(const std::string& path) const = 0;
};

std::unique_ptr<Vfs> disk_vfs(std::string root);

/// Files held in memory; over `base` when there is one (an editor's unsaved text).
class MemoryVfs : public Vfs {
 public:
  explicit MemoryVfs(std::shared_ptr<const Vfs> base = nullptr) : base_(std::move(base)) {}
  void set(std::string path, std::string text) { files_[std::move(path)] = std::move(text); }
  void remove(const std::string& path) { files_.erase(path); }
  ListResult list() const override;
  ReadResult read(const std::string& path) const override;

 private:
  std::shared_ptr<const Vfs> base_;
  std::map<std::string, std::string> files_;
};

}  // namespace pipec
