#include "dagster/locations.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>
#include <utility>

namespace pipec::backend::dagster {

using pipeline::Pipeline;
using pipeline::Schedule;

namespace {

/// Schedules that have to lie together, by union-find over their places in the pipeline.
class Groups {
 public:
  explicit Groups(const Pipeline& pipeline) : parent_(pipeline.schedules.size()) {
    std::iota(parent_.begin(), parent_.end(), size_t{0});
    std::map<Symbol, size_t, ByText> by_name;
    for (size_t i = 0; i < parent_.size(); ++i) by_name.emplace(pipeline.schedules[i].head.name, i);
    std::map<Symbol, Symbol, ByText> checked;
    for (const pipeline::Check& check : pipeline.checks) checked.emplace(check.head.name, check.target);
    for (size_t i = 0; i < parent_.size(); ++i) {
      const Schedule& schedule = pipeline.schedules[i];
      for (Symbol node : schedule.nodes) join(nodes_, node, i);
      // A check is defined where its table is.
      for (Symbol check : schedule.checks) join(nodes_, checked.at(check), i);
      if (schedule.after.empty()) continue;
      if (schedule.after_sync) {
        join(sources_, schedule.after, i);
      } else {
        unite(i, by_name.at(schedule.after));
      }
    }
  }

  size_t of(size_t schedule) const {
    while (parent_[schedule] != schedule) schedule = parent_[schedule];
    return schedule;
  }
  /// The first one where no schedule runs it.
  size_t of_node(Symbol node) const { return found(nodes_, node); }
  const std::map<Symbol, size_t, ByText>& awaited_sources() const { return sources_; }

 private:
  using Schedules = std::map<Symbol, size_t, ByText>;

  size_t found(const Schedules& schedules, Symbol name) const {
    const auto entry = schedules.find(name);
    return of(entry == schedules.end() ? 0 : entry->second);
  }

  void join(Schedules& schedules, Symbol name, size_t schedule) {
    const auto [entry, is_first] = schedules.emplace(name, schedule);
    if (!is_first) unite(entry->second, schedule);
  }

  /// The smaller one stays, so that a group is called by its first schedule.
  void unite(size_t a, size_t b) {
    a = shortened(a);
    b = shortened(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

  size_t shortened(size_t schedule) {
    const size_t root = of(schedule);
    while (parent_[schedule] != root) schedule = std::exchange(parent_[schedule], root);
    return root;
  }

  std::vector<size_t> parent_;
  Schedules nodes_, sources_;  // a schedule that each belongs to
};

/// By group: the location that takes it.
std::map<size_t, size_t> packed(const Pipeline& pipeline, const Groups& groups, size_t largest) {
  std::map<size_t, size_t> sizes, location_of;
  for (size_t i = 0; i < pipeline.schedules.size(); ++i) sizes[groups.of(i)];
  for (const pipeline::Node& node : pipeline.nodes) ++sizes[groups.of_node(node.head.name)];
  size_t location = 0, filled = 0;
  for (const auto& [group, size] : sizes) {
    if (filled > 0 && filled + size > largest) {
      ++location;
      filled = 0;
    }
    location_of[group] = location;
    filled += size;
  }
  return location_of;
}

/// Where the first table lies that is captured or loaded from each source.
std::map<Symbol, size_t, ByText> groups_of_sources(const Pipeline& pipeline, const Groups& groups) {
  std::map<Symbol, size_t, ByText> found = groups.awaited_sources();
  for (auto& [source, schedule] : found) schedule = groups.of(schedule);
  for (const pipeline::Cdc& cdc : pipeline.cdcs) found.emplace(cdc.source, groups.of_node(cdc.log));
  for (const pipeline::Load& load : pipeline.loads) found.emplace(load.source, groups.of_node(load.head.name));
  for (const pipeline::Source& source : pipeline.sources) found.emplace(source.head.name, groups.of(0));
  return found;
}

}  // namespace

std::vector<Location> locations(const Pipeline& pipeline, size_t largest) {
  if (pipeline.schedules.empty() || pipeline.nodes.size() <= largest) return {};
  const Groups groups(pipeline);
  const std::map<size_t, size_t> location_of = packed(pipeline, groups, largest);
  std::vector<Location> found(location_of.rbegin()->second + 1);
  if (found.size() == 1) return {};
  auto at = [&](size_t group) -> Location& { return found[location_of.at(group)]; };
  for (size_t i = 0; i < pipeline.schedules.size(); ++i) {
    Location& location = at(groups.of(i));
    if (location.schedules.empty()) location.name = pipeline.schedules[i].head.name;
    location.schedules.push_back(pipeline.schedules[i].head.name);
  }
  for (Symbol node : pipeline.order) at(groups.of_node(node)).nodes.push_back(node);
  for (const pipeline::Check& check : pipeline.checks)
    at(groups.of_node(check.target)).checks.push_back(check.head.name);
  for (const auto& [source, group] : groups_of_sources(pipeline, groups)) at(group).sources.push_back(source);
  for (const pipeline::Dashboard& dashboard : pipeline.dashboards) {
    const size_t group = dashboard.reads.empty() ? groups.of(0) : groups.of_node(dashboard.reads.front().table);
    at(group).dashboards.push_back(dashboard.head.name);
  }
  return found;
}

bool is_size(std::string_view text) {
  return size_of(text) > 0;
}

size_t size_of(std::string_view text) {
  size_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  return error == std::errc() && end == text.data() + text.size() ? size : 0;
}

}  // namespace pipec::backend::dagster
