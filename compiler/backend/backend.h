// What a platform is to the compiler: a backend. It declares what it can do, lowers the nodes that it claims into
// Steps, and emits documents. Pure: no clock, environment, file, thread. What it reads, it reads through the View,
// which records it: that is the key of its cached result.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "artifact/artifact_set.h"
#include "artifact/document.h"
#include "diagnostics/diagnostic.h"
#include "pipeline/capability.h"
#include "pipeline/pipeline.h"
#include "pipeline/steps.h"

namespace pipec::backend {

/// One key under `backends: <name>:` of a target in pipec.yaml.
struct OptionSpec {
  std::string_view name;
  std::string_view fallback;              // value when absent
  std::vector<std::string_view> allowed;  // closed list; empty: any text
  std::string_view help;
  bool (*fits)(std::string_view value) = nullptr;  // a text of a certain form, which `help` tells; null: any
};

/// What kinds of object a backend can take on. The core checks that each is claimed by a backend that is on.
using pipeline::Capability;

struct BackendInfo {
  std::string_view name;  // the folder of its artifacts too
  std::vector<OptionSpec> options;
  std::set<Capability> supports;
};

/// What a printer found that the language of a platform cannot say, a name that would be taken for something else.
struct Refusal {
  Symbol declaration;
  std::string message;  // as of a diagnostic: no full stop, names in backticks
  friend auto operator<=>(const Refusal& a, const Refusal& b) {
    return std::pair(a.declaration.text(), std::string_view(a.message)) <=>
           std::pair(b.declaration.text(), std::string_view(b.message));
  }
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// The Pipeline as one unit sees it. Every accessor records the fingerprint of what it hands out.
class View {
 public:
  using Reads = std::vector<std::pair<Symbol, Fingerprint>>;  // object key ("node:gold.x") -> fingerprint; zero: absent

  View(const pipeline::Pipeline& pipeline, const std::map<Symbol, pipeline::StepList, ByText>& steps)
      : pipeline_(pipeline), steps_(steps) {}

  const pipeline::Target& target();
  const pipeline::Node* node(Symbol name);
  const pipeline::Source* source(Symbol name);
  const pipeline::Cdc* cdc(Symbol current_name);
  const pipeline::Load* load(Symbol name);
  const pipeline::Seed* seed(Symbol name);
  const pipeline::Job* job(Symbol node);
  const pipeline::Model* model(Symbol name);
  const pipeline::Check* check(Symbol name);
  const pipeline::Export* export_(Symbol name);
  const pipeline::Destination* destination(Symbol name);
  const pipeline::Connection* connection(Symbol name);
  const pipeline::Function* function(Symbol name);
  const pipeline::Entity* entity(Symbol name);
  const pipeline::Metric* metric(Symbol name);
  const pipeline::Schedule* schedule(Symbol name);
  /// Steps of a node or check, lowered by whichever backends claim it. Orchestrators only.
  const pipeline::StepList* steps(Symbol owner);
  std::string_view project();
  /// Nodes that read a node, sorted.
  std::vector<Symbol> readers(Symbol node);
  /// The whole graph, for the few things that concern it (recorded as such: any change invalidates the unit).
  const pipeline::Pipeline& everything();

  const Reads& reads() const { return reads_; }
  /// The fingerprint of a read's key in another generation: a cached result holds while all of them are equal.
  static Fingerprint current(const pipeline::Pipeline& pipeline,
                             const std::map<Symbol, pipeline::StepList, ByText>& steps, Symbol key);

 private:
  void record(const char* kind, Symbol name, Fingerprint fingerprint);
  template <typename T>
  const T* recorded(const char* kind, Symbol name, const T* found);
  const pipeline::Pipeline& pipeline_;
  const std::map<Symbol, pipeline::StepList, ByText>& steps_;
  Reads reads_;
};

/// A piece of work that is cached by itself: usually one object.
struct Unit {
  Symbol key;  // "gold.sales_daily", "check:order_after_account", "source:shop", "platform"
};

struct Output {
  std::vector<pipeline::StepList> steps;  // what it lowers (warehouse and serving backends)
  ArtifactFiles files;                    // relative to the backend's own folder
  std::vector<Refusal> refusals;          // errors at their declarations: nothing is written
};

/// Something that a deployment does beside the statements of Steps, as a connector to be put.
struct DeployStep {
  enum class Stage { Source, Topic, Connector, Warehouse, Serving, Orchestrator };  // in this order
  Stage stage = Stage::Source;
  std::string id;                  // "kafka_connect/shop", unique in the target
  std::vector<std::string> needs;  // ids
  Value command;                   // what to do: `kind` says how, see docs/deploying.md
  Value verify;                    // how to see that it is so, without changing anything; null: no way
  Value undo;                      // what takes it back; null: nothing does
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual const BackendInfo& info() const = 0;
  virtual std::vector<Unit> units(const pipeline::Pipeline& pipeline) const = 0;
  /// Limits of the target, at the user's line (places of the objects' declarations). Errors stop the build.
  virtual void check(const pipeline::Pipeline&, Sink&) const {}
  /// Warehouse and serving backends: the steps of a unit, and the files that hold their SQL. Runs before `emit` of any
  /// backend; the View's steps() is empty here.
  virtual Output lower(View&, const Unit&) const { return {}; }
  /// Documents of a unit; the View has everybody's steps.
  virtual ArtifactFiles emit(View&, const Unit&) const { return {}; }
  /// The few whole-project files, from the whole graph and all steps. `emitted`: what the units of all backends gave, by
  /// path relative to dist/<target>, so that an index can hold hashes without making the documents once more.
  virtual ArtifactFiles index(View&, [[maybe_unused]] const ArtifactFiles& emitted) const { return {}; }
  /// What a deployment does with the files; `emitted` has those of all units.
  virtual std::vector<DeployStep> deploy(View&, [[maybe_unused]] const ArtifactFiles& emitted) const { return {}; }
};

/// Every backend of the build, sorted by name. Made by CMake from the folders under backends/; each folder defines
/// `const pipec::backend::Backend& pipec::backend::<folder>_backend()`.
std::span<const Backend* const> all_backends();

}  // namespace pipec::backend
