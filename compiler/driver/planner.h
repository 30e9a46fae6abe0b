// Works out what a build changes on disk, and what forbids it. Changes nothing. Private to the driver.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "artifact/artifact_set.h"
#include "diagnostics/diagnostic.h"
#include "driver/files.h"
#include "driver/journal.h"

namespace pipec::driver {

class Planner {
 public:
  Planner(const Layout& layout, const ArtifactFiles& files, bool force)
      : layout_(layout), files_(files), force_(force), old_index_(read_index(layout)) {}

  void plan();

  Journal journal;
  Index index;
  size_t unchanged = 0;
  Sink refused;  // not empty: nothing may be written
  bool index_changed() const { return index != old_index_; }

 private:
  void plan_removal(const std::string& path, const std::string& hash);
  void plan_file(const std::string& path, const std::string& content);
  void refuse_foreign(const std::string& path, const char* why);
  std::optional<std::string> foreign_parent(const std::string& path);
  bool is_emptied(const std::string& path) const;
  Place place_of(const std::string& path) const;

  const Layout& layout_;
  const ArtifactFiles& files_;
  bool force_;
  Index old_index_;
  std::set<std::string> known_folders_, removed_, refused_paths_;
};

/// An IoError as a diagnostic.
std::vector<Diagnostic> output_failed(const IoError& error);

}  // namespace pipec::driver
