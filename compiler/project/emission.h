// A Pipeline into artifacts through the backends that are on, a unit at a time; a unit whose reads are as they were
// keeps its documents.
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "artifact/artifact_set.h"
#include "backend/backend.h"

namespace pipec::project {

struct Emission {
  ArtifactFiles files;  // relative to dist/<target>
  std::map<Symbol, pipeline::StepList, ByText> steps;
  std::vector<backend::Refusal> refusals;  // sorted, each once; not to be written if there are any
};

class EmissionStore {
 public:
  Emission emit(const pipeline::Pipeline& pipeline, unsigned jobs);
  size_t emitted_anew() const { return emitted_anew_; }

 private:
  struct Cached {
    backend::View::Reads reads;
    backend::Output output;
    bool computed = false;
    bool used = false;
  };
  struct Job {
    const backend::Backend* backend;
    backend::Unit unit;
    Symbol key;
    Cached* cached = nullptr;
  };
  enum class Pass { Lower, Emit };
  void run(Pass pass, const pipeline::Pipeline& pipeline, std::vector<Job>& jobs, const Emission& so_far,
           unsigned threads);
  void emit_core(const pipeline::Pipeline& pipeline, Emission& out, unsigned threads);

  std::unordered_map<Symbol, Cached> cache_;  // "lower databricks gold.x"
  size_t emitted_anew_ = 0;
};

/// Backends that the target turns on, sorted by name; unknown names and options are reported by the caller.
std::vector<const backend::Backend*> enabled_backends(const pipeline::Target& target);

/// Each thing that needs a backend is claimed by one that is on, or it is an error where it is written, one a
/// declaration. True if all are.
bool check_claims(const pipeline::Pipeline& pipeline, Sink& sink);

}  // namespace pipec::project
