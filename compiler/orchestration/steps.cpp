// Steps as JSON: the members are the fields of compiler/pipeline/steps.h, the statement's file with its hash
// in place of its text.
#include "base/hash.h"
#include "orchestration/documents.h"

namespace pipec::orchestration {

using pipeline::EngineKind;
using pipeline::GatePolicy;
using pipeline::Phase;
using pipeline::Step;
using pipeline::StepKind;

namespace {

std::string_view phase_name(Phase phase) {
  switch (phase) {
    case Phase::Migrate:
      return "migrate";
    case Phase::Run:
      return "run";
    case Phase::Verify:
      return "verify";
    case Phase::Backfill:
      return "backfill";
  }
  return "";
}

std::string_view kind_name(StepKind kind) {
  switch (kind) {
    case StepKind::Execute:
      return "execute";
    case StepKind::Bind:
      return "bind";
    case StepKind::ForEach:
      return "for_each";
    case StepKind::Gate:
      return "gate";
    case StepKind::Copy:
      return "copy";
    case StepKind::Read:
      return "read";
    case StepKind::Program:
      return "program";
    case StepKind::Fetch:
      return "fetch";
  }
  return "";
}

std::string_view text_of(const std::string& text) {
  return text;
}
std::string_view text_of(Symbol text) {
  return text.text();
}

template <typename T>
void set_list(Value& object, const char* member, const std::vector<T>& items) {
  if (items.empty()) return;
  Value list = Value::array();
  for (const T& item : items) list.push(text_of(item));
  object.add(member, std::move(list));
}

Value program_value(const pipeline::Called& called) {
  Value value = Value::object({{"path", called.path}, {"sha256", called.sha256}, {"function", called.function}});
  set_list(value, "inputs", called.inputs);
  Value columns = Value::array();
  for (const auto& column : called.columns) {
    Value entry = Value::object({{"name", column.name}, {"type", column.type}});
    if (!column.nullable) entry.add("nullable", false);
    columns.push(std::move(entry));
  }
  value.add("columns", std::move(columns));
  if (!called.secrets.empty()) {
    Value secrets = Value::object();
    for (const auto& [name, reference] : called.secrets) secrets.add(name, reference);
    value.add("secrets", std::move(secrets));
  }
  return value;
}

Value step_value(const Step& step) {
  Value value = Value::object({{"id", step.id},
                               {"phase", phase_name(step.phase)},
                               {"kind", kind_name(step.kind)},
                               {"engine", step.engine == EngineKind::Serving ? "serving" : "warehouse"}});
  set_if(value, "destination", std::string(step.destination.text()));
  value.add("path", step.path).add("sha256", sha256_hex(step.sql));
  set_list(value, "params", step.params);
  set_list(value, "reads", step.reads);
  set_list(value, "writes", step.writes);
  set_if(value, "loop", step.loop);
  set_if(value, "transaction", step.transaction);
  if (step.kind == StepKind::Gate) {
    value.add("policy", policy_name(step.policy));
    set_if(value, "check", step.check);
  }
  set_if(value, "platform_only", step.platform_only);
  set_if(value, "copy_table", step.copy_table);
  set_list(value, "copy_columns", step.copy_columns);
  if (step.copy_freeze) value.add("copy_freeze", true);
  if (step.program) value.add("program", program_value(*step.program));
  if (!step.bind.empty()) {
    Value bind = Value::object();
    for (const auto& [column, parameter] : step.bind) bind.add(column, parameter);
    value.add("bind", std::move(bind));
  }
  return value;
}

}  // namespace

std::string_view policy_name(GatePolicy policy) {
  switch (policy) {
    case GatePolicy::Block:
      return "block";
    case GatePolicy::Fail:
      return "fail";
    case GatePolicy::Warn:
      return "warn";
  }
  return "";
}

void set_if(Value& object, const char* member, const std::string& text) {
  if (!text.empty()) object.add(member, text);
}

const std::vector<Step>& steps_in(const pipeline::StepList* list) {
  static const std::vector<Step> kNone;
  return list ? list->steps : kNone;
}

Value steps_value(const pipeline::StepList* steps) {
  Value list = Value::array();
  for (const Step& step : steps_in(steps)) {
    // What only looks is for who deploys.
    if (step.phase != Phase::Verify) list.push(step_value(step));
  }
  return list;
}

}  // namespace pipec::orchestration
