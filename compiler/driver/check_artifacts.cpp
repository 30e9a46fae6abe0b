#include <set>

#include "driver/files.h"
#include "driver/journal.h"
#include "driver/planner.h"
#include "driver/writer.h"

namespace pipec::driver {
namespace {

// What lies there and might be pipec's: by the index, or everything where a checkout has none.
std::set<std::string> present_files(const Layout& layout) {
  std::set<std::string> present;
  if (file_kind(layout.index()) == FileKind::Regular) {
    for (const auto& [path, hash] : read_index(layout)) present.insert(path);
  } else if (file_kind(layout.out) == FileKind::Folder) {
    for (std::string& path : list_files(layout.out)) present.insert(std::move(path));
  }
  return present;
}

void compare(const Layout& layout, const ArtifactFiles& files, CheckResult& result) {
  for (const auto& [path, content] : files) {
    FileKind kind = file_kind(layout.artifact(path));
    if (kind == FileKind::Absent) {
      result.missing.push_back(path);
    } else if (kind != FileKind::Regular || !has_content(layout.artifact(path), content)) {
      result.changed.push_back(path);
    }
  }
  for (const std::string& path : present_files(layout)) {
    if (!files.contains(path) && file_kind(layout.artifact(path)) != FileKind::Absent) result.extra.push_back(path);
  }
}

}  // namespace

CheckResult check_artifacts(const std::string& out_dir, const ArtifactFiles& files) {
  CheckResult result;
  WriteResult recovered = recover(out_dir);
  if (recovered.status != WriteStatus::Written) {
    result.diagnostics = std::move(recovered.diagnostics);
    return result;
  }
  try {
    compare({out_dir}, files, result);
  } catch (const IoError& error) {
    result.diagnostics = output_failed(error);
  }
  return result;
}

}  // namespace pipec::driver
