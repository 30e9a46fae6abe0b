#include "orchestration/circles.h"

#include <algorithm>
#include <map>
#include <set>

namespace pipec::orchestration {

using pipeline::Check;
using pipeline::Pipeline;

namespace {

/// What a run of one schedule waits for: a node for those that it reads, and whoever reads a node for its blocking checks.
class Waits {
 public:
  Waits(const Pipeline& pipeline, const pipeline::Schedule& schedule) : pipeline_(pipeline) {
    built_.insert(schedule.nodes.begin(), schedule.nodes.end());
    for (const Check& check : pipeline.checks) {
      const auto& own = schedule.checks;
      if (check.policy == pipeline::ElsePolicy::Block &&
          std::find(own.begin(), own.end(), check.head.name) != own.end())
        blocking_[check.target].push_back(&check);
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
  std::set<const Check*> found;
  for (const pipeline::Schedule& schedule : pipeline.schedules) {
    const auto circular = Waits(pipeline, schedule).circular();
    found.insert(circular.begin(), circular.end());
  }
  std::vector<const Check*> checks;
  for (const Check& check : pipeline.checks) {
    if (found.count(&check)) checks.push_back(&check);
  }
  return checks;
}

}  // namespace pipec::orchestration
