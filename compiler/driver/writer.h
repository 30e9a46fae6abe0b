// Writes a target's artifacts, all or nothing. Changed files are staged in <out>/.pipec/stage, a journal is synced,
// the files change places with the staged ones, the index of owned files goes last. Killed at any step, each file is
// old or new, and the next command completes or rolls back.
#pragma once

#include <string>
#include <vector>

#include "artifact/artifact_set.h"
#include "diagnostics/diagnostic.h"

namespace pipec::driver {

enum class WriteStatus {
  Written,
  Refused,  // files that are not pipec's, or were edited, are in the way; nothing was changed
  Failed,   // input or output failed; the old artifacts are whole
};

struct WriteOptions {
  bool force = false;           // overwrite owned files that were edited by hand
  int lock_wait_ms = 2000;      // for another pipec to finish
  int fail_after_renames = -1;  // tests: the process dies after so many changes to the disk
};

struct WriteResult {
  WriteStatus status = WriteStatus::Written;
  std::vector<std::string> written;  // paths relative to the output folder, sorted
  std::vector<std::string> removed;
  size_t unchanged = 0;
  std::vector<Diagnostic> diagnostics;
};

WriteResult write_artifacts(const std::string& out_dir, const ArtifactFiles& files, WriteOptions options = {});

/// Completes or rolls back what a killed build left; does nothing (and creates nothing) otherwise. Every command that
/// reads artifacts calls it first.
WriteResult recover(const std::string& out_dir, WriteOptions options = {});

/// What `build --check` finds. Nothing is written, except that a killed build is completed.
struct CheckResult {
  std::vector<std::string> missing;
  std::vector<std::string> changed;
  std::vector<std::string> extra;       // owned (or, without an index, lying there) but not produced
  std::vector<Diagnostic> diagnostics;  // input or output failed
  bool current() const { return missing.empty() && changed.empty() && extra.empty() && diagnostics.empty(); }
};

CheckResult check_artifacts(const std::string& out_dir, const ArtifactFiles& files);

}  // namespace pipec::driver
