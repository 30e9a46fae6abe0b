#include "driver/writer.h"

#include <filesystem>

#include "driver/files.h"
#include "driver/journal.h"
#include "driver/planner.h"

namespace pipec::driver {
namespace {

void stage(const Layout& layout, const ArtifactFiles& files, const Planner& plan, Steps& steps) {
  make_folders(layout.stage());
  steps.done();
  std::vector<std::string> staged;
  for (size_t i = 0; i < plan.journal.changes.size(); ++i) {
    const Change& change = plan.journal.changes[i];
    if (change.new_hash.empty()) continue;
    staged.push_back(layout.staged(i));
    write_new_file(staged.back(), files.at(change.path));
    steps.done();
  }
  write_new_file(layout.staged_index(), print_index(plan.index));
  write_new_file(layout.staged_journal(), print_journal(plan.journal));
  steps.done();
  staged.insert(staged.end(), {layout.staged_index(), layout.staged_journal(), layout.stage()});
  sync_paths(staged);
}

// From here on the build is completed, by this command or the next.
void commit(const Layout& layout, const Planner& plan, Steps& steps) {
  move_over(layout.staged_journal(), layout.journal());
  sync_paths({layout.private_folder()});
  steps.done();
  apply(layout, plan.journal, WhenEdited::Fail, steps);
}

// A path that would leave the folder is our own mistake, never the user's.
void check_paths(const ArtifactFiles& files) {
  for (const auto& [path, content] : files) {
    bool good = !path.empty() && path.front() != '/' && path.back() != '/' && path.find("//") == std::string::npos &&
                !path.starts_with(".pipec");
    for (const auto& part : std::filesystem::path(path)) good = good && part != ".." && part != ".";
    if (!good) throw IoError{path, "internal error: an artifact may not be written there"};
  }
}

void write(const Layout& layout, const ArtifactFiles& files, WriteOptions options, WriteResult& result) {
  check_paths(files);
  make_folders(layout.private_folder());
  FileLock lock(layout.lock(), options.lock_wait_ms);
  Steps steps(options.fail_after_renames);
  complete_or_roll_back(layout, steps);
  Planner plan(layout, files, options.force);
  plan.plan();
  if (!plan.refused.diagnostics().empty()) {
    result.status = WriteStatus::Refused;
    result.diagnostics = plan.refused.take();
    return;
  }
  result.unchanged = plan.unchanged;
  if (plan.journal.changes.empty() && !plan.index_changed()) return;
  try {
    stage(layout, files, plan, steps);
    commit(layout, plan, steps);
  } catch (const IoError&) {
    // Before the journal exists nothing but the stage was touched; afterwards the journal decides.
    if (file_kind(layout.journal()) == FileKind::Absent) remove_tree(layout.stage());
    throw;
  }
  for (const Change& change : plan.journal.changes) {
    (change.new_hash.empty() ? result.removed : result.written).push_back(change.path);
  }
}

}  // namespace

WriteResult write_artifacts(const std::string& out_dir, const ArtifactFiles& files, WriteOptions options) {
  WriteResult result;
  try {
    write({out_dir}, files, options, result);
  } catch (const IoError& error) {
    result.status = WriteStatus::Failed;
    result.diagnostics = output_failed(error);
  }
  return result;
}

WriteResult recover(const std::string& out_dir, WriteOptions options) {
  WriteResult result;
  Layout layout{out_dir};
  try {
    bool interrupted = file_kind(layout.journal()) != FileKind::Absent || file_kind(layout.stage()) != FileKind::Absent;
    if (!interrupted) return result;
    FileLock lock(layout.lock(), options.lock_wait_ms);
    Steps steps(options.fail_after_renames);
    complete_or_roll_back(layout, steps);
  } catch (const IoError& error) {
    result.status = WriteStatus::Failed;
    result.diagnostics = output_failed(error);
  }
  return result;
}

}  // namespace pipec::driver
