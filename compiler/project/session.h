// The one engine: check, build, lineage and the editor's server ask a Session over a Vfs. It keeps what it found; the next
// call redoes what reads what changed.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "project/declarations.h"
#include "project/emission.h"
#include "project/resolution.h"

namespace pipec::project {

struct SessionOptions {
  std::string target;                            // empty: the first of pipec.yaml
  std::map<std::string, std::string> variables;  // of --var
  unsigned jobs = 1;
  std::vector<std::string> deny;  // of --deny: codes of warnings, or "warnings"
  bool build = true;              // false: what no backend takes on is no error yet
};

struct Analysis {
  pipeline::Pipeline pipeline;          // complete only if there are no errors
  std::vector<Diagnostic> diagnostics;  // places in files, sorted, each once
  SourceTexts texts;
  bool ok = false;
};

class Session {
 public:
  explicit Session(std::shared_ptr<const Vfs> vfs) : vfs_(std::move(vfs)) {}
  /// Another view of the same project (an edit): what it has in common with the last one is kept.
  void replace(std::shared_ptr<const Vfs> vfs) { vfs_ = std::move(vfs); }

  /// Everything that can be said without a backend, and what the target's backends say of it.
  const Analysis& analyze(const SessionOptions& options);
  /// The artifacts of the last analysis, which must be ok. What a platform cannot say is an error like those of `analyze`:
  /// they are added to its diagnostics, and it is not ok any more.
  Emission emit(unsigned jobs);

  size_t resolved_anew() const { return resolution_.resolved_anew(); }
  size_t emitted_anew() const { return emission_.emitted_anew(); }

 private:
  std::shared_ptr<const Vfs> vfs_;
  DeclarationStore declarations_;
  ResolutionStore resolution_;
  EmissionStore emission_;
  Analysis analysis_;
  std::vector<Placed> placed_;  // of the last analysis
};

}  // namespace pipec::project
