#include "driver/planner.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/hash.h"
#include "driver/diagnostics.h"

namespace pipec::driver {

void Planner::plan() {
  // Removals first: a folder can then take a file's place, and a file that of a folder.
  for (const auto& [path, hash] : old_index_) {
    if (!files_.contains(path)) plan_removal(path, hash);
  }
  for (const auto& [path, content] : files_) plan_file(path, content);
}

void Planner::plan_removal(const std::string& path, const std::string& hash) {
  if (foreign_parent(path)) return;
  std::string found = content_hash(layout_.artifact(path));
  if (found.empty()) return;
  if (found == hash || (found != "-" && force_)) {
    journal.changes.push_back({path, found, ""});
    removed_.insert(path);
    return;
  }
  refused
      .report(diag::EditedFile, place_of(path),
              fmt::format("`{}` is no longer generated, but was edited by hand", path))
      .help("keep your version under another name, or remove it with `--force`");
}

void Planner::plan_file(const std::string& path, const std::string& content) {
  if (auto parent = foreign_parent(path)) return refuse_foreign(*parent, "is no folder");
  std::string full = layout_.artifact(path), hash = fingerprint(content).hex();
  index[path] = hash;
  switch (file_kind(full)) {
    case FileKind::Folder:
      if (!is_emptied(path)) return refuse_foreign(path, "is a folder");
      [[fallthrough]];
    case FileKind::Absent:
      journal.changes.push_back({path, "", hash});
      return;
    case FileKind::Other:
      return refuse_foreign(path, "is no regular file");
    case FileKind::Regular:
      break;
  }
  if (has_content(full, content)) {
    ++unchanged;
    return;
  }
  auto owned = old_index_.find(path);
  if (owned == old_index_.end()) return refuse_foreign(path, "was not written by pipec");
  std::string found = content_hash(full);
  if (found == owned->second || force_) {
    journal.changes.push_back({path, found, hash});
    return;
  }
  refused.report(diag::EditedFile, place_of(path), fmt::format("`{}` is generated, and was edited by hand", path))
      .help("change the specification instead; `--force` overwrites the file");
}

void Planner::refuse_foreign(const std::string& path, const char* why) {
  if (!refused_paths_.insert(path).second) return;
  refused.report(diag::ForeignFile, place_of(path), fmt::format("`{}` {}, but an artifact goes there", path, why))
      .help("move it away: pipec never touches what it did not write");
}

// The part of the path above the file that is neither absent nor a folder, unless this build removes it. Links to
// folders count as foreign: what lies behind them is not ours.
std::optional<std::string> Planner::foreign_parent(const std::string& path) {
  for (size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    std::string parent = path.substr(0, slash);
    if (known_folders_.contains(parent)) continue;
    FileKind kind = file_kind(layout_.artifact(parent));
    if (kind == FileKind::Absent || removed_.contains(parent)) return std::nullopt;
    if (kind != FileKind::Folder) return parent;
    known_folders_.insert(parent);
  }
  return std::nullopt;
}

// A folder that holds only files which this build removes: it goes with the last one.
bool Planner::is_emptied(const std::string& path) const {
  std::vector<std::string> inside = list_files(layout_.artifact(path));
  for (const std::string& file : inside) {
    if (!removed_.contains(path + "/" + file)) return false;
  }
  return !inside.empty();
}

Place Planner::place_of(const std::string& path) const {
  return Place::in_file(Symbol::of(layout_.artifact(path)), {});
}

std::vector<Diagnostic> output_failed(const IoError& error) {
  Sink sink;
  sink.report(diag::OutputFailed, Place::in_file(Symbol::of(error.path), {}), error.words);
  return sink.take();
}

}  // namespace pipec::driver
