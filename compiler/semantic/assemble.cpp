#include "semantic/assemble.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/hash.h"

namespace pipec::semantic {
namespace {

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

template <typename T>
void sort_by_name(std::vector<T>& objects) {
  std::sort(objects.begin(), objects.end(),
            [](const T& a, const T& b) { return a.head.name.text() < b.head.name.text(); });
}

template <typename T>
size_t index_of(const std::vector<T>& objects, Symbol name) {
  auto found = std::find_if(objects.begin(), objects.end(), [&](const T& o) { return o.head.name == name; });
  return static_cast<size_t>(found - objects.begin());
}

// Kahn's algorithm; among those that are ready the first by name, so that the order is the same on every machine.
std::vector<Symbol> topological(const std::vector<pipeline::Node>& nodes) {
  std::map<Symbol, size_t, ByText> missing;
  std::map<Symbol, std::vector<Symbol>, ByText> readers;
  for (const pipeline::Node& node : nodes) missing[node.head.name] = 0;
  for (const pipeline::Node& node : nodes) {
    for (Symbol input : node.inputs) {
      if (!missing.count(input)) continue;
      ++missing[node.head.name];
      readers[input].push_back(node.head.name);
    }
  }
  std::set<Symbol, ByText> ready;
  for (const auto& [name, count] : missing) {
    if (count == 0) ready.insert(name);
  }
  std::vector<Symbol> order;
  while (!ready.empty()) {
    Symbol name = *ready.begin();
    ready.erase(ready.begin());
    order.push_back(name);
    for (Symbol reader : readers[name]) {
      if (--missing[reader] == 0) ready.insert(reader);
    }
  }
  return order;
}

// What becomes visible together waits for all that any of it reads: each export of a publish has the inputs of all.
void join_published(pipeline::Pipeline& pipeline) {
  for (const pipeline::Publish& publish : pipeline.publishes) {
    std::set<Symbol, ByText> inputs;
    for (Symbol name : publish.exports) {
      if (const pipeline::Export* e = pipeline.export_(name)) inputs.insert(e->source);
    }
    for (pipeline::Node& node : pipeline.nodes) {
      const auto& together = publish.exports;
      if (std::find(together.begin(), together.end(), node.head.name) == together.end()) continue;
      node.inputs.assign(inputs.begin(), inputs.end());
      Hasher hasher;
      hasher.add(node.head.fingerprint).add(publish.head.fingerprint);
      for (Symbol input : inputs) hasher.add(input.text());
      node.head.fingerprint = hasher.finish();
    }
  }
}

}  // namespace

pipeline::Pipeline assemble(const std::vector<Member>& members) {
  pipeline::Pipeline pipeline;
  for (const Member& member : members) {
    const Resolved& r = *member.result;
    append(pipeline.sources, r.sources);
    append(pipeline.cdcs, r.cdcs);
    append(pipeline.functions, r.functions);
    append(pipeline.models, r.models);
    append(pipeline.checks, r.checks);
    append(pipeline.destinations, r.destinations);
    append(pipeline.exports, r.exports);
    append(pipeline.schedules, r.schedules);
    append(pipeline.nodes, r.nodes);
    append(pipeline.loads, r.loads), append(pipeline.snapshots, r.snapshots), append(pipeline.seeds, r.seeds);
    append(pipeline.tests, r.tests), append(pipeline.publishes, r.publishes), append(pipeline.entities, r.entities);
    append(pipeline.metrics, r.metrics), append(pipeline.dashboards, r.dashboards), append(pipeline.jobs, r.jobs);
    append(pipeline.needs, r.needs);
  }
  sort_by_name(pipeline.sources), sort_by_name(pipeline.functions), sort_by_name(pipeline.models);
  sort_by_name(pipeline.checks), sort_by_name(pipeline.destinations), sort_by_name(pipeline.exports);
  sort_by_name(pipeline.loads), sort_by_name(pipeline.snapshots), sort_by_name(pipeline.seeds);
  sort_by_name(pipeline.tests), sort_by_name(pipeline.publishes), sort_by_name(pipeline.entities);
  sort_by_name(pipeline.metrics), sort_by_name(pipeline.dashboards), sort_by_name(pipeline.jobs);
  sort_by_name(pipeline.schedules), sort_by_name(pipeline.nodes), sort_by_name(pipeline.cdcs);
  std::map<Symbol, size_t, ByText> cdc_of;  // each of a cdc's nodes -> the cdc
  for (size_t i = 0; i < pipeline.cdcs.size(); ++i) {
    const pipeline::Cdc& cdc = pipeline.cdcs[i];
    cdc_of[cdc.head.name] = cdc_of[cdc.log] = i;
    if (cdc.history) cdc_of[*cdc.history] = i;
  }
  std::map<Symbol, size_t, ByText> model_of;
  for (size_t i = 0; i < pipeline.models.size(); ++i) model_of[pipeline.models[i].head.name] = i;
  for (pipeline::Node& node : pipeline.nodes) {
    if (node.kind == pipeline::NodeKind::Model) {
      node.object = model_of[node.head.name];
    } else if (node.kind == pipeline::NodeKind::Export) {
      node.object = index_of(pipeline.exports, node.head.name);
    } else if (auto cdc = cdc_of.find(node.head.name); cdc != cdc_of.end()) {
      node.object = cdc->second;
    }
  }
  join_published(pipeline);
  pipeline.order = topological(pipeline.nodes);
  return pipeline;
}

void leave_out(pipeline::Pipeline& pipeline) {
  std::set<Symbol, ByText> declarations, nodes;
  auto drop = [&](auto& objects) {
    for (const auto& object : objects) declarations.insert(object.head.declaration);
    objects.clear();
  };
  if (!pipeline.target.exports) {
    for (const pipeline::Export& e : pipeline.exports) nodes.insert(e.head.name);
    drop(pipeline.exports), drop(pipeline.publishes), drop(pipeline.destinations);
  }
  if (!pipeline.target.schedules) drop(pipeline.schedules);
  std::erase_if(pipeline.needs, [&](const pipeline::Need& need) { return declarations.count(need.declaration) != 0; });
  std::erase_if(pipeline.nodes, [&](const pipeline::Node& node) { return nodes.count(node.head.name) != 0; });
  auto gone = [&](Symbol name) { return nodes.count(name) != 0; };
  std::erase_if(pipeline.order, gone);
  for (pipeline::Schedule& schedule : pipeline.schedules) std::erase_if(schedule.nodes, gone);
}

}  // namespace pipec::semantic
