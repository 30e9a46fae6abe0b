// System calls on files, with their errors in words. Private to the driver.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pipec::driver {

/// Thrown inside the driver only; the driver's functions turn it into a result.
struct IoError {
  std::string path;
  std::string words;  // "cannot rename: No space left on device"
};

enum class FileKind { Absent, Regular, Folder, Other };

FileKind file_kind(const std::string& path);
std::string read_file(const std::string& path);
/// Reads the file only if its size is right.
bool has_content(const std::string& path, std::string_view content);
/// The fingerprint of a regular file; empty if no file is there (a folder may be); "-" for links, devices and the like.
std::string content_hash(const std::string& path);

/// The files below a folder, relative to it, sorted; hidden folders are left out.
std::vector<std::string> list_files(const std::string& folder);

void write_new_file(const std::string& path, std::string_view content);
/// The file behind a path (links are followed) with other content: at every moment old or new; its mode is kept.
void replace_file(const std::string& path, std::string_view content);
void make_folders(const std::string& path);
/// The same for many files: a folder is looked at once.
class FolderMaker {
 public:
  void make_parent_of(const std::string& path);

 private:
  std::string last_;  // files come sorted, so the last one says nearly all
};
/// Removes the empty folders from `folder` (relative to `root`) up to the root.
void remove_empty_folders(const std::string& root, std::string folder);
void remove_file(const std::string& path);
void remove_tree(const std::string& path);

/// To a place where nothing lies; false, and nothing moved, if something does or `from` is not there.
bool move_new(const std::string& from, const std::string& to);
/// To a place where a file may lie, which is lost.
void move_over(const std::string& from, const std::string& to);
/// Both change places in one step; where the file system cannot, `from` replaces `to`.
void swap_files(const std::string& from, const std::string& to);

/// Makes files or folders durable; many at once by one call over their file system.
void sync_paths(const std::vector<std::string>& paths);

std::string parent_of(const std::string& path);

/// An exclusive lock on a file, held until destroyed.
class FileLock {
 public:
  FileLock(const std::string& path, int wait_ms);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace pipec::driver
