#include "orchestration/documents.h"

#include <algorithm>

#include <fmt/format.h>

#include "backend/secrets.h"

namespace pipec::orchestration {

using backend::View;

namespace {

Value check_value(View& view, Symbol name) {
  const pipeline::Check& check = *view.check(name);
  const pipeline::StepList* steps = view.steps(Symbol::of(fmt::format("check:{}", name.text())));
  Value value = head_value(check.head);
  value.add("target", key_of_node(check.target));
  // The policies of rows (drop, quarantine) are not for a check: what is left is what a gate can do.
  const auto policy = check.policy == pipeline::ElsePolicy::Warn   ? pipeline::GatePolicy::Warn
                      : check.policy == pipeline::ElsePolicy::Fail ? pipeline::GatePolicy::Fail
                                                                   : pipeline::GatePolicy::Block;
  value.add("policy", policy_name(policy));
  Value deps = Value::array();
  for (Symbol read : check.reads) deps.push(key_of_node(read));
  value.add("deps", std::move(deps));
  value.add("steps", steps_value(steps));
  return value;
}

std::string_view start_name(pipeline::Schedule::Start start) {
  switch (start) {
    case pipeline::Schedule::Start::Timed:
      return "timed";
    case pipeline::Schedule::Start::Continuous:
      return "continuous";
    case pipeline::Schedule::Start::Manual:
      return "manual";
    case pipeline::Schedule::Start::After:
      return "after";
  }
  return "";
}

Value alerts_value(const std::vector<pipeline::Alert>& alerts) {
  Value list = Value::array();
  for (const pipeline::Alert& alert : alerts) {
    list.push(Value::object({{"events", names_value(alert.events)},
                             {"channel", alert.channel.text()},
                             {"reference", backend::reference_of_secret(alert.secret)}}));
  }
  return list;
}

Value schedule_value(View& view, Symbol name, std::string_view orchestrator) {
  const pipeline::Schedule& schedule = *view.schedule(name);
  Value value = head_value(schedule.head);
  value.add("start", start_name(schedule.start));
  if (schedule.start == pipeline::Schedule::Start::Timed) {
    value.add("cron", schedule.cron).add("timezone", schedule.timezone);
  }
  if (!schedule.after.empty()) value.add(schedule.after_sync ? "after_source" : "after", schedule.after.text());
  value.add("nodes", names_value(schedule.nodes)).add("checks", names_value(schedule.checks));
  if (schedule.retries > 0) value.add("retries", schedule.retries).add("retry_delay_seconds", kRetryDelaySeconds);
  if (schedule.task_timeout) value.add("task_timeout_seconds", schedule.task_timeout->seconds);
  if (schedule.finish_within) value.add("finish_within_seconds", schedule.finish_within->seconds);
  if (!schedule.alerts.empty()) value.add("alerts", alerts_value(schedule.alerts));
  value.add("status", view.target().option(orchestrator, "schedules"));
  return value;
}

Value source_value(View& view, Symbol name) {
  const pipeline::Source& source = *view.source(name);
  Value value = head_value(source.head);
  value.add("kind", source.kind.text());
  Value tables = Value::array();
  for (const pipeline::SourceTable& table : source.tables) {
    Value entry = Value::object({{"key", key_of_table(source, table)}});
    set_if(entry, "description", table.description);
    std::vector<pipeline::Column> columns;
    for (const pipeline::SourceColumn& column : table.columns) columns.push_back(column.column);
    entry.add("columns", columns_value(columns));
    tables.push(std::move(entry));
  }
  value.add("tables", std::move(tables));
  return value;
}

/// Who looks at what: columns by table, none where all are meant. There are few of them, so that each may ask for the whole
/// project.
Value dashboard_value(View& view, Symbol name) {
  const pipeline::Pipeline& pipeline = view.everything();
  const auto found = std::find_if(pipeline.dashboards.begin(), pipeline.dashboards.end(),
                                  [&](const pipeline::Dashboard& d) { return d.head.name == name; });
  Value value = head_value(found->head);
  // Four parts, which no node and no table of a source has.
  value.add("key", Value::array({"dashboard", found->tool.text(), pipeline.project, name.text()}));
  value.add("tool", found->tool.text());
  Value reads = Value::array();
  for (const pipeline::TableUse& use : found->reads) {
    reads.push(Value::object({{"key", key_of_node(use.table)}, {"columns", names_value(use.columns)}}));
  }
  value.add("reads", std::move(reads));
  return value;
}

Value platform_value(View& view, Symbol name) {
  const Symbol owner = Symbol::of(fmt::format("platform:{}", name.text()));
  return Value::object({{"name", name.text()}, {"steps", steps_value(view.steps(owner))}});
}

}  // namespace

std::string_view part_name(Part part) {
  switch (part) {
    case Part::Node:
      return "nodes";
    case Part::Check:
      return "checks";
    case Part::Schedule:
      return "schedules";
    case Part::Source:
      return "sources";
    case Part::Dashboard:
      return "dashboards";
    case Part::Platform:
      return "platforms";
  }
  return "";
}

std::string part_path(Part part, Symbol name) {
  const std::string_view text = name.text();
  const size_t dot = part == Part::Node ? text.find('.') : std::string_view::npos;
  // An export has no schema: a folder of its own, so that it never lies where a schema of its name does.
  if (part == Part::Node && dot == std::string_view::npos) return fmt::format("exports/{}.json", file_part(text));
  if (dot == std::string_view::npos) return fmt::format("{}/{}.json", part_name(part), file_part(text));
  return fmt::format("nodes/{}/{}.json", file_part(text.substr(0, dot)), file_part(text.substr(dot + 1)));
}

std::string part_document(View& view, Part part, Symbol name, std::string_view orchestrator) {
  switch (part) {
    case Part::Node:
      return print_json(node_value(view, name));
    case Part::Check:
      return print_json(check_value(view, name));
    case Part::Schedule:
      return print_json(schedule_value(view, name, orchestrator));
    case Part::Source:
      return print_json(source_value(view, name));
    case Part::Dashboard:
      return print_json(dashboard_value(view, name));
    case Part::Platform:
      return print_json(platform_value(view, name));
  }
  return {};
}

std::vector<std::pair<Part, Symbol>> all_parts(const pipeline::Pipeline& pipeline) {
  std::vector<std::pair<Part, Symbol>> parts;
  for (const auto& [backend, options] : pipeline.target.backends)
    parts.emplace_back(Part::Platform, Symbol::of(backend));
  for (const auto& source : pipeline.sources) parts.emplace_back(Part::Source, source.head.name);
  for (const auto& node : pipeline.nodes) parts.emplace_back(Part::Node, node.head.name);
  for (const auto& check : pipeline.checks) parts.emplace_back(Part::Check, check.head.name);
  for (const auto& dashboard : pipeline.dashboards) parts.emplace_back(Part::Dashboard, dashboard.head.name);
  for (const auto& schedule : pipeline.schedules) parts.emplace_back(Part::Schedule, schedule.head.name);
  return parts;
}

Value names_value(const std::vector<Symbol>& names) {
  Value list = Value::array();
  for (Symbol name : names) list.push(name.text());
  return list;
}

Value key_of_node(Symbol name) {
  const std::string_view text = name.text();
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos) return Value::array({text});
  return Value::array({text.substr(0, dot), text.substr(dot + 1)});
}

Value key_of_table(const pipeline::Source& source, const pipeline::SourceTable& table) {
  return Value::array({source.head.name.text(), table.schema.text(), table.name.text()});
}

Value head_value(const pipeline::Head& head) {
  Value value = Value::object({{"name", head.name.text()}});
  set_if(value, "description", head.description);
  set_if(value, "owner", head.owner);
  if (!head.tags.empty()) value.add("tags", names_value(head.tags));
  return value;
}

Value columns_value(const std::vector<pipeline::Column>& columns) {
  Value list = Value::array();
  for (const pipeline::Column& column : columns) {
    Value value = Value::object({{"name", column.name.text()}, {"type", column.type.text()}});
    if (!column.nullable) value.add("nullable", false);
    set_if(value, "description", column.description);
    if (!column.pii.empty()) value.add("pii", names_value(column.pii));
    list.push(std::move(value));
  }
  return list;
}

}  // namespace pipec::orchestration
