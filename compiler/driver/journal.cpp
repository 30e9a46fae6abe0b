#include "driver/journal.h"

#include <unistd.h>

#include <algorithm>
#include <set>

#include "artifact/document.h"
#include "driver/files.h"

namespace pipec::driver {
namespace {

constexpr int kKilled = 137;

// False, and nothing done, if the place does not hold what the change expects there.
bool move_into(const Layout& layout, const Change& change, size_t number, FolderMaker& folders) {
  std::string path = layout.artifact(change.path), staged = layout.staged(number);
  if (change.old_hash.empty()) {
    folders.make_parent_of(path);
    return move_new(staged, path);
  }
  if (content_hash(path) != change.old_hash) return false;
  if (!change.new_hash.empty()) {
    swap_files(staged, path);
    return true;
  }
  if (!move_new(path, staged)) throw IoError{path, "it cannot be moved away"};
  remove_empty_folders(layout.out, parent_of(change.path));
  return true;
}

// The state of the disk says what was done: it may have been half undone before.
void move_back(const Layout& layout, const Change& change, size_t number) {
  std::string path = layout.artifact(change.path), staged = layout.staged(number);
  if (content_hash(path) != change.new_hash) return;
  if (change.new_hash.empty()) {
    if (file_kind(staged) == FileKind::Absent) return;
    make_folders(parent_of(path));
    move_new(staged, path);
  } else if (change.old_hash.empty()) {
    move_new(path, staged);
    remove_empty_folders(layout.out, parent_of(change.path));
  } else if (content_hash(staged) == change.old_hash) {
    swap_files(staged, path);
  } else {
    throw IoError{path, "the file system cannot put it back; the next build completes this one"};
  }
}

// Files that somebody changed after the crash stay as they are, and the index must not claim the new content.
void correct_index(const Layout& layout, const std::vector<const Change*>& kept) {
  Index index;
  if (kept.empty() || !parse_index(read_file(layout.staged_index()), index)) return;
  for (const Change* change : kept) {
    if (change->old_hash.empty()) {
      index.erase(change->path);
    } else {
      index[change->path] = change->old_hash;
    }
  }
  std::string corrected = layout.staged_index() + ".corrected";
  write_new_file(corrected, print_index(index));
  sync_paths({corrected});
  move_over(corrected, layout.staged_index());
}

void apply_changes(const Layout& layout, const Journal& journal, WhenEdited when_edited, Steps& steps) {
  std::vector<const Change*> kept;
  std::set<std::string> folders = {layout.private_folder()};
  FolderMaker maker;
  for (size_t i = 0; i < journal.changes.size(); ++i) {
    const Change& change = journal.changes[i];
    if (move_into(layout, change, i, maker)) {
      steps.done();
    } else if (content_hash(layout.artifact(change.path)) != change.new_hash) {
      if (when_edited == WhenEdited::Fail) throw IoError{layout.artifact(change.path), "somebody else writes here too"};
      kept.push_back(&change);
    }
    if (!change.new_hash.empty()) folders.insert(parent_of(layout.artifact(change.path)));
  }
  sync_paths({folders.begin(), folders.end()});
  if (file_kind(layout.staged_index()) == FileKind::Absent) return;  // the crash came after this step
  correct_index(layout, kept);
  move_over(layout.staged_index(), layout.index());
  steps.done();
  sync_paths({layout.private_folder()});
}

}  // namespace

void Steps::done() {
  if (left_ >= 0 && left_-- == 0) ::_exit(kKilled);
}

std::string print_index(const Index& index) {
  Value files = Value::object();
  for (const auto& [path, hash] : index) files.add(path, hash);
  return print_json(Value::object({{"format_version", 1}, {"files", std::move(files)}}));
}

bool parse_index(const std::string& text, Index& index) {
  ParsedJson parsed = parse_json(text);
  const Value* files = parsed.value.find("files");
  if (!parsed.ok || !files || !files->members()) return false;
  for (const auto& [path, hash] : *files->members()) {
    if (!hash.text()) return false;
    index[path] = *hash.text();
  }
  return true;
}

std::string print_journal(const Journal& journal) {
  Value changes = Value::array();
  for (const Change& change : journal.changes) {
    changes.push(Value::object({{"path", change.path}, {"old", change.old_hash}, {"new", change.new_hash}}));
  }
  return print_json(Value::object({{"format_version", 1}, {"changes", std::move(changes)}}));
}

bool parse_journal(const std::string& text, Journal& journal) {
  ParsedJson parsed = parse_json(text);
  const Value* changes = parsed.value.find("changes");
  if (!parsed.ok || !changes || !changes->items()) return false;
  for (const Value& item : *changes->items()) {
    const Value *path = item.find("path"), *before = item.find("old"), *after = item.find("new");
    if (!path || !before || !after || !path->text() || !before->text() || !after->text()) return false;
    journal.changes.push_back({*path->text(), *before->text(), *after->text()});
  }
  return true;
}

Index read_index(const Layout& layout) {
  Index index;
  if (file_kind(layout.index()) != FileKind::Regular) return index;
  if (!parse_index(read_file(layout.index()), index)) index.clear();
  return index;
}

void apply(const Layout& layout, const Journal& journal, WhenEdited when_edited, Steps& steps) {
  try {
    apply_changes(layout, journal, when_edited, steps);
  } catch (const IoError&) {
    for (size_t i = journal.changes.size(); i > 0; --i) move_back(layout, journal.changes[i - 1], i - 1);
    remove_file(layout.journal());
    remove_tree(layout.stage());
    throw;
  }
  remove_file(layout.journal());
  steps.done();
  remove_tree(layout.stage());
  steps.done();
}

void complete_or_roll_back(const Layout& layout, Steps& steps) {
  if (file_kind(layout.journal()) == FileKind::Absent) {
    if (file_kind(layout.stage()) != FileKind::Absent) remove_tree(layout.stage());
    return;
  }
  Journal journal;
  if (!parse_journal(read_file(layout.journal()), journal)) {
    throw IoError{layout.journal(), "the journal of an interrupted build is damaged; remove it and build again"};
  }
  apply(layout, journal, WhenEdited::Keep, steps);
}

}  // namespace pipec::driver
