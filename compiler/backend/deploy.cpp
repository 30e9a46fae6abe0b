#include "backend/deploy.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "backend/documents.h"

namespace pipec::backend {
namespace {

using Stage = DeployStep::Stage;
using pipeline::Phase;
using pipeline::Step;
using StepMap = std::map<Symbol, pipeline::StepList, ByText>;

/// The engine that is no destination.
const std::string kWarehouse = "warehouse";

std::string_view stage_name(Stage stage) {
  switch (stage) {
    case Stage::Source:
      return "source";
    case Stage::Topic:
      return "topic";
    case Stage::Connector:
      return "connector";
    case Stage::Warehouse:
      return "warehouse";
    case Stage::Serving:
      return "serving";
    case Stage::Orchestrator:
      return "orchestrator";
  }
  return "";
}

Value texts(const std::vector<std::string>& list) {
  Value value = Value::array();
  for (const std::string& text : list) value.push(text);
  return value;
}

/// The statements of one phase, each with what who runs it must know. `looks`: those that only look.
Value statements(const std::vector<const Step*>& steps, const std::vector<const Step*>& looks) {
  Value list = Value::array();
  for (const Step* step : steps) {
    Value entry = Value::object({{"file", step->path}});
    if (!step->transaction.empty()) entry.set("transaction", step->transaction);
    if (!step->platform_only.empty()) entry.set("platform_only", step->platform_only);
    if (step->kind == pipeline::StepKind::Gate) entry.set("gate", true);
    for (const Step* look : looks) {
      if (step->phase == Phase::Migrate && look->id == step->check) entry.set("when_differs", look->path);
    }
    if (!step->params.empty()) entry.set("params", texts(step->params));
    if (!step->bind.empty()) {
      Value bind = Value::object({});
      for (const auto& [column, parameter] : step->bind) bind.set(column, parameter);
      entry.set("bind", std::move(bind));
    }
    list.push(std::move(entry));
  }
  return list;
}

class Document {
 public:
  Document(const pipeline::Pipeline& pipeline, const StepMap& lists) : pipeline_(pipeline), lists_(lists) {}

  std::string write(const std::vector<DeployStep>& others) {
    for (const auto& [backend, options] : pipeline_.target.backends) {
      add_owner(Symbol::of(fmt::format("platform:{}", backend)), {});
    }
    for (Symbol name : pipeline_.order) {
      const pipeline::Node* node = pipeline_.node(name);
      add_owner(name, node ? node->inputs : std::vector<Symbol>{});
    }
    for (const pipeline::Metric& metric : pipeline_.metrics) {
      add_owner(Symbol::of(fmt::format("metric:{}", metric.head.name.text())), {metric.target});
    }
    steps_.insert(steps_.end(), others.begin(), others.end());
    std::stable_sort(steps_.begin(), steps_.end(),
                     [](const DeployStep& a, const DeployStep& b) { return a.stage < b.stage; });
    Value list = Value::array();
    for (const DeployStep& step : steps_) list.push(step_value(step));
    return print_json(Value::object({{"format_version", kArtifactFormat},
                                     {"project", pipeline_.project},
                                     {"target", pipeline_.target.name},
                                     {"steps", std::move(list)}}));
  }

 private:
  /// The statements of an owner: one step an engine.
  void add_owner(Symbol owner, const std::vector<Symbol>& inputs) {
    auto list = lists_.find(owner);
    if (list == lists_.end()) return;
    std::map<std::string, std::map<Phase, std::vector<const Step*>>> engines;
    for (const Step& step : list->second.steps) {
      bool serving = step.engine == pipeline::EngineKind::Serving;
      engines[serving ? std::string(step.destination.text()) : kWarehouse][step.phase].push_back(&step);
    }
    for (auto& each : engines) {
      const std::string& where = each.first;
      std::map<Phase, std::vector<const Step*>>& phases = each.second;
      if (phases[Phase::Migrate].empty()) continue;
      bool serving = where != kWarehouse;
      DeployStep step;
      step.stage = serving ? Stage::Serving : Stage::Warehouse;
      step.id = fmt::format("{}/{}", where, owner.text());
      step.needs = needs_of(where, owner, inputs);
      auto sql = [&](Phase phase) {
        return Value::object(
            {{"kind", "sql"}, {"engine", where}, {"statements", statements(phases[phase], phases[Phase::Verify])}});
      };
      step.command = sql(Phase::Migrate);
      if (!phases[Phase::Verify].empty()) step.verify = sql(Phase::Verify);
      known_.insert(step.id);
      steps_.push_back(std::move(step));
    }
  }

  /// What makes the schemas of an engine comes before what lies in them; a table before who reads it.
  std::vector<std::string> needs_of(const std::string& where, Symbol owner, const std::vector<Symbol>& inputs) const {
    std::vector<std::string> needs;
    auto need = [&](std::string id) {
      if (known_.count(id)) needs.push_back(std::move(id));
    };
    if (!owner.text().starts_with("platform:")) {
      for (const auto& [backend, options] : pipeline_.target.backends)
        need(fmt::format("{}/platform:{}", where, backend));
    }
    for (Symbol input : inputs) need(fmt::format("{}/{}", where, input.text()));
    return needs;
  }

  static Value step_value(const DeployStep& step) {
    Value value = Value::object(
        {{"id", step.id}, {"stage", stage_name(step.stage)}, {"needs", texts(step.needs)}, {"command", step.command}});
    if (!(step.verify == Value())) value.set("verify", step.verify);
    value.set("reversible", !(step.undo == Value()));
    if (!(step.undo == Value())) value.set("undo", step.undo);
    return value;
  }

  const pipeline::Pipeline& pipeline_;
  const StepMap& lists_;
  std::vector<DeployStep> steps_;
  std::set<std::string> known_;  // ids of the steps so far
};

}  // namespace

std::string deploy_document(const pipeline::Pipeline& pipeline, const StepMap& steps,
                            const std::vector<DeployStep>& others) {
  return Document(pipeline, steps).write(others);
}

}  // namespace pipec::backend
