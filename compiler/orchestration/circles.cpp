#include "orchestration/circles.h"

#include <algorithm>
#include <map>
#include <set>

namespace pipec::orchestration {

using pipeline::Check;
using pipeline::Pipeline;

namespace {

/// Blocking checks that read more than their own table, by name: no other check can wait for what waits for it.
using Checks = std::map<Symbol, const Check*, ByText>;

bool reads_others(const Check& check) {
  return std::any_of(check.reads.begin(), check.reads.end(), [&](Symbol read) { return read != check.target; });
}

/// What a run of one schedule waits for: a node for those that it reads, and whoever reads a node for its blocking checks.
class Waits {
 public:
  Waits(const Pipeline& pipeline, const pipeline::Schedule& schedule, const Checks& checks) : pipeline_(pipeline) {
    built_.insert(schedule.nodes.begin(), schedule.nodes.end());
    for (Symbol name : schedule.checks) {
      if (const auto check = checks.find(name); check != checks.end())
        blocking_[check->second->target].push_back(check->second);
    }
  }

  std::vector<const Check*> circular() const {
    std::vector<const Check*> found;
    for (const auto& [target, checks] : blocking_) {
      for (const Check* check : checks) {
        if (reaches(*check)) found.push_back(check);
      }
    }
    return found;
  }

 private:
  /// Whether the check waits for the end of its own target, which waits for the check.
  bool reaches(const Check& check) const {
    std::set<Symbol, ByText> seen;
    std::vector<Symbol> due;
    add_reads(check, &due);
    while (!due.empty()) {
      const Symbol node = due.back();
      due.pop_back();
      if (!built_.count(node) || !seen.insert(node).second) continue;
      if (node == check.target) return true;
      if (const pipeline::Node* found = pipeline_.node(node))
        due.insert(due.end(), found->inputs.begin(), found->inputs.end());
      if (const auto checks = blocking_.find(node); checks != blocking_.end()) {
        for (const Check* other : checks->second) add_reads(*other, &due);
      }
    }
    return false;
  }

  static void add_reads(const Check& check, std::vector<Symbol>* due) {
    std::copy_if(check.reads.begin(), check.reads.end(), std::back_inserter(*due),
                 [&](Symbol read) { return read != check.target; });
  }

  const Pipeline& pipeline_;
  std::set<Symbol, ByText> built_;
  std::map<Symbol, std::vector<const Check*>, ByText> blocking_;
};

}  // namespace

std::vector<const Check*> circular_checks(const Pipeline& pipeline) {
  Checks checks;
  for (const Check& check : pipeline.checks) {
    if (check.policy == pipeline::ElsePolicy::Block && reads_others(check)) checks.emplace(check.head.name, &check);
  }
  std::vector<const Check*> circular;
  if (checks.empty()) return circular;
  std::set<const Check*> found;
  for (const pipeline::Schedule& schedule : pipeline.schedules) {
    const auto in_run = Waits(pipeline, schedule, checks).circular();
    found.insert(in_run.begin(), in_run.end());
  }
  for (const Check& check : pipeline.checks) {
    if (found.count(&check)) circular.push_back(&check);
  }
  return circular;
}

}  // namespace pipec::orchestration
