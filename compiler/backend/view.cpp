#include <algorithm>

#include "backend/backend.h"

namespace pipec::backend {
namespace {

using pipeline::Pipeline;
using StepMap = std::map<Symbol, pipeline::StepList, ByText>;

Fingerprint of_target(const pipeline::Target& target) {
  Hasher hasher;
  hasher.add(target.name).add(target.engine).add(target.catalog).add(target.landing).add(target.schema_prefix);
  for (const auto& [backend, options] : target.backends) {
    hasher.add(backend).add(uint64_t{options.size()});
    for (const auto& [key, value] : options) hasher.add(key).add(value);
  }
  return hasher.finish();
}

Fingerprint of_steps(const pipeline::StepList& list) {
  Hasher hasher;
  hasher.add(list.owner.text());
  for (const pipeline::Step& s : list.steps) {
    hasher.add(s.id).add(static_cast<uint64_t>(s.phase)).add(static_cast<uint64_t>(s.kind));
    hasher.add(static_cast<uint64_t>(s.engine)).add(s.destination.text()).add(s.sql).add(s.path);
    for (const std::string& param : s.params) hasher.add(param);
    for (Symbol name : s.reads) hasher.add("r").add(name.text());
    for (Symbol name : s.writes) hasher.add("w").add(name.text());
    hasher.add(s.loop).add(s.transaction).add(static_cast<uint64_t>(s.policy)).add(s.check).add(s.platform_only);
    hasher.add(s.copy_table).add(uint64_t{s.copy_freeze});
    if (s.program) {
      hasher.add("p").add(s.program->path).add(s.program->sha256).add(s.program->function);
      for (const std::string& input : s.program->inputs) hasher.add("i").add(input);
      for (const auto& column : s.program->columns) {
        hasher.add("c").add(column.name).add(column.type).add(uint64_t{column.nullable});
      }
      for (const auto& [name, reference] : s.program->secrets) hasher.add("s").add(name).add(reference);
    }
    for (const std::string& column : s.copy_columns) hasher.add("c").add(column);
    for (const auto& [column, param] : s.bind) hasher.add("b").add(column).add(param);
  }
  return hasher.finish();
}

std::vector<Symbol> readers_of(const Pipeline& pipeline, Symbol node) {
  std::vector<Symbol> readers;
  for (const pipeline::Node& other : pipeline.nodes) {
    if (std::find(other.inputs.begin(), other.inputs.end(), node) != other.inputs.end()) {
      readers.push_back(other.head.name);
    }
  }
  return readers;  // nodes are sorted by name
}

Fingerprint of_names(const std::vector<Symbol>& names) {
  Hasher hasher;
  for (Symbol name : names) hasher.add(name.text());
  return hasher.finish();
}

template <typename T>
void add_all(Hasher& hasher, const std::vector<T>& objects) {
  hasher.add(uint64_t{objects.size()});
  for (const T& object : objects) hasher.add(object.head.name.text()).add(object.head.fingerprint);
}

Fingerprint of_everything(const Pipeline& p) {
  Hasher hasher;
  hasher.add(p.project).add(of_target(p.target));
  add_all(hasher, p.connections), add_all(hasher, p.sources), add_all(hasher, p.cdcs), add_all(hasher, p.functions);
  add_all(hasher, p.models), add_all(hasher, p.checks), add_all(hasher, p.destinations), add_all(hasher, p.exports);
  add_all(hasher, p.loads), add_all(hasher, p.snapshots), add_all(hasher, p.seeds), add_all(hasher, p.publishes);
  add_all(hasher, p.entities), add_all(hasher, p.metrics), add_all(hasher, p.dashboards), add_all(hasher, p.jobs);
  add_all(hasher, p.schedules), add_all(hasher, p.nodes);
  return hasher.finish();
}

template <typename T>
Fingerprint of(const T* object) {
  return object ? object->head.fingerprint : Fingerprint{};
}

template <typename T>
const T* find_in(const std::vector<T>& objects, Symbol name) {
  for (const T& object : objects) {
    if (object.head.name == name) return &object;
  }
  return nullptr;
}

}  // namespace

void View::record(const char* kind, Symbol name, Fingerprint fingerprint) {
  std::string key(kind);
  key += ':';
  key += name.text();
  Symbol symbol = Symbol::of(key);
  for (const auto& [known, value] : reads_) {
    if (known == symbol) return;
  }
  reads_.emplace_back(symbol, fingerprint);
}

Fingerprint View::current(const Pipeline& pipeline, const StepMap& steps, Symbol key) {
  std::string_view text = key.text();
  size_t colon = text.find(':');
  std::string_view kind = text.substr(0, colon);
  Symbol name = Symbol::of(text.substr(colon + 1));
  if (kind == "target") return of_target(pipeline.target);
  if (kind == "project") return fingerprint(pipeline.project);
  if (kind == "node") return of(pipeline.node(name));
  if (kind == "source") return of(pipeline.source(name));
  if (kind == "cdc") return of(pipeline.cdc(name));
  if (kind == "load") return of(pipeline.load(name));
  if (kind == "seed") return of(pipeline.seed(name));
  if (kind == "job") return of(pipeline.job(name));
  if (kind == "model") return of(pipeline.model(name));
  if (kind == "check") return of(find_in(pipeline.checks, name));
  if (kind == "export") return of(pipeline.export_(name));
  if (kind == "destination") return of(pipeline.destination(name));
  if (kind == "connection") return of(pipeline.connection(name));
  if (kind == "function") return of(pipeline.function(name));
  if (kind == "entity") return of(find_in(pipeline.entities, name));
  if (kind == "metric") return of(find_in(pipeline.metrics, name));
  if (kind == "schedule") return of(find_in(pipeline.schedules, name));
  if (kind == "readers") return of_names(readers_of(pipeline, name));
  if (kind == "steps") {
    auto found = steps.find(name);
    return found == steps.end() ? Fingerprint{} : of_steps(found->second);
  }
  return of_everything(pipeline);
}

template <typename T>
const T* View::recorded(const char* kind, Symbol name, const T* found) {
  record(kind, name, of(found));
  return found;
}

const pipeline::Target& View::target() {
  record("target", {}, of_target(pipeline_.target));
  return pipeline_.target;
}

std::string_view View::project() {
  record("project", {}, fingerprint(pipeline_.project));
  return pipeline_.project;
}

const pipeline::Node* View::node(Symbol name) {
  return recorded("node", name, pipeline_.node(name));
}
const pipeline::Source* View::source(Symbol name) {
  return recorded("source", name, pipeline_.source(name));
}
const pipeline::Cdc* View::cdc(Symbol name) {
  return recorded("cdc", name, pipeline_.cdc(name));
}
const pipeline::Load* View::load(Symbol name) {
  return recorded("load", name, pipeline_.load(name));
}
const pipeline::Seed* View::seed(Symbol name) {
  return recorded("seed", name, pipeline_.seed(name));
}
const pipeline::Job* View::job(Symbol node) {
  return recorded("job", node, pipeline_.job(node));
}
const pipeline::Model* View::model(Symbol name) {
  return recorded("model", name, pipeline_.model(name));
}
const pipeline::Check* View::check(Symbol name) {
  return recorded("check", name, find_in(pipeline_.checks, name));
}
const pipeline::Export* View::export_(Symbol name) {
  return recorded("export", name, pipeline_.export_(name));
}
const pipeline::Destination* View::destination(Symbol name) {
  return recorded("destination", name, pipeline_.destination(name));
}
const pipeline::Connection* View::connection(Symbol name) {
  return recorded("connection", name, pipeline_.connection(name));
}
const pipeline::Function* View::function(Symbol name) {
  return recorded("function", name, pipeline_.function(name));
}
const pipeline::Entity* View::entity(Symbol name) {
  return recorded("entity", name, find_in(pipeline_.entities, name));
}
const pipeline::Metric* View::metric(Symbol name) {
  return recorded("metric", name, find_in(pipeline_.metrics, name));
}
const pipeline::Schedule* View::schedule(Symbol name) {
  return recorded("schedule", name, find_in(pipeline_.schedules, name));
}

const pipeline::StepList* View::steps(Symbol owner) {
  auto found = steps_.find(owner);
  record("steps", owner, found == steps_.end() ? Fingerprint{} : of_steps(found->second));
  return found == steps_.end() ? nullptr : &found->second;
}

std::vector<Symbol> View::readers(Symbol node) {
  std::vector<Symbol> readers = readers_of(pipeline_, node);
  record("readers", node, of_names(readers));
  return readers;
}

const Pipeline& View::everything() {
  record("everything", {}, of_everything(pipeline_));
  return pipeline_;
}

}  // namespace pipec::backend
