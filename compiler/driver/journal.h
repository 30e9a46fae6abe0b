// What a build is about to change, on disk while it does: enough to complete it, or to undo it.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace pipec::driver {

/// Owned files and the fingerprints of their content (to see edits by hand: nobody forges those). Malformed counts as absent: then nothing is known to be pipec's.
using Index = std::map<std::string, std::string>;

std::string print_index(const Index& index);
/// False if the text is no index.
bool parse_index(const std::string& text, Index& index);

/// One file to be changed. An empty hash means "no file".
struct Change {
  std::string path;
  std::string old_hash;
  std::string new_hash;
};

/// The number of a change names its staged file. Removals come first, so that a folder can take a file's place.
struct Journal {
  std::vector<Change> changes;
};

std::string print_journal(const Journal& journal);
bool parse_journal(const std::string& text, Journal& journal);

/// The paths below an output folder.
struct Layout {
  std::string out;

  std::string artifact(const std::string& path) const { return out + "/" + path; }
  std::string private_folder() const { return out + "/.pipec"; }
  std::string lock() const { return out + "/.pipec/lock"; }
  std::string index() const { return out + "/.pipec/index.json"; }
  std::string journal() const { return out + "/.pipec/journal.json"; }
  std::string stage() const { return out + "/.pipec/stage"; }
  std::string staged(size_t change) const { return stage() + "/" + std::to_string(change); }
  std::string staged_journal() const { return stage() + "/journal"; }
  std::string staged_index() const { return stage() + "/index"; }
};

Index read_index(const Layout& layout);

/// Dies after so many steps: how the tests kill a build.
class Steps {
 public:
  explicit Steps(int left) : left_(left) {}
  void done();

 private:
  int left_;
};

/// What becomes of a file that is neither as it was nor as it shall be. After a crash somebody had time to edit it.
enum class WhenEdited { Keep, Fail };

/// Applies a synced journal: files, index, then the journal goes. If something fails, every file is put back and the
/// IoError passed on.
void apply(const Layout& layout, const Journal& journal, WhenEdited when_edited, Steps& steps);

/// What the journal of a killed build asks for; without one, what it had staged is dropped.
void complete_or_roll_back(const Layout& layout, Steps& steps);

}  // namespace pipec::driver
