#include "pipeline/pipeline.h"

#include <algorithm>

namespace pipec::pipeline {
namespace {

template <typename T>
const T* find(const std::vector<T>& sorted, Symbol name) {
  auto found = std::lower_bound(sorted.begin(), sorted.end(), name,
                                [](const T& object, Symbol wanted) { return object.head.name.text() < wanted.text(); });
  return found != sorted.end() && found->head.name == name ? &*found : nullptr;
}

}  // namespace

std::string_view node_kind_name(NodeKind kind) {
  switch (kind) {
    case NodeKind::CdcLog:
      return "cdc_log";
    case NodeKind::CdcCurrent:
      return "cdc_current";
    case NodeKind::CdcHistory:
      return "cdc_history";
    case NodeKind::Model:
      return "model";
    case NodeKind::Export:
      return "export";
    case NodeKind::Load:
      return "load";
    case NodeKind::Snapshot:
      return "snapshot";
    case NodeKind::Seed:
      return "seed";
    case NodeKind::External:
      return "external";
    case NodeKind::Job:
      return "job";
    case NodeKind::Quarantine:
      return "quarantine";
  }
  return "";
}

bool is_kept_by_platform(Materialization m) {
  return m == Materialization::MaterializedView || m == Materialization::Streaming;
}

std::string_view materialization_name(Materialization m) {
  switch (m) {
    case Materialization::View:
      return "view";
    case Materialization::Full:
      return "full";
    case Materialization::Streaming:
      return "streaming";
    case Materialization::MaterializedView:
      return "materialized_view";
    case Materialization::Python:
      return "python";
    case Materialization::IncrementalByTime:
      return "incremental_by_time";
    case Materialization::IncrementalByKey:
      return "incremental_by_key";
  }
  return "";
}

const Node* Pipeline::node(Symbol name) const {
  return find(nodes, name);
}
const Source* Pipeline::source(Symbol name) const {
  return find(sources, name);
}
const Cdc* Pipeline::cdc(Symbol name) const {
  return find(cdcs, name);
}
const Load* Pipeline::load(Symbol name) const {
  return find(loads, name);
}
const Seed* Pipeline::seed(Symbol name) const {
  return find(seeds, name);
}
const Job* Pipeline::job(Symbol node) const {
  auto found = std::find_if(jobs.begin(), jobs.end(), [&](const Job& job) { return job.writes == node; });
  return found == jobs.end() ? nullptr : &*found;
}
const Model* Pipeline::model(Symbol name) const {
  return find(models, name);
}
const Export* Pipeline::export_(Symbol name) const {
  return find(exports, name);
}
const Destination* Pipeline::destination(Symbol name) const {
  return find(destinations, name);
}
const Connection* Pipeline::connection(Symbol name) const {
  return find(connections, name);
}
const Function* Pipeline::function(Symbol name) const {
  return find(functions, name);
}

const SourceTable* Pipeline::source_table(const Cdc& cdc) const {
  const Source* from = source(cdc.source);
  if (!from) return nullptr;
  for (const SourceTable& table : from->tables) {
    if (table.schema == cdc.table_schema && table.name == cdc.table_name) return &table;
  }
  return nullptr;
}

}  // namespace pipec::pipeline
