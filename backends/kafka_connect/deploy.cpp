#include "kafka_connect/deploy.h"

#include <fmt/format.h>

#include "kafka_connect/capture.h"

namespace pipec::backend::kafka_connect {

namespace {

using Stage = DeployStep::Stage;

/// A part of an address: what is neither a letter nor a digit of ASCII is escaped.
std::string in_address(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
                 c == '-' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string_view tool_of(std::string_view kind) {
  return kind == "sqlserver" ? "sqlcmd" : kind == "mysql" ? "mysql" : "psql";
}

DeployStep source_step(const pipeline::Source& source, const std::string& file, const std::string& undo) {
  auto sql = [&](const std::string& path) {
    return Value::object({{"kind", "source_sql"},
                          {"source", source.head.name.text()},
                          {"tool", tool_of(source.kind.text())},
                          {"file", path}});
  };
  DeployStep step;
  step.stage = Stage::Source;
  step.id = fmt::format("kafka_connect/source:{}", source.head.name.text());
  step.command = sql(file);
  step.undo = sql(undo);
  return step;
}

DeployStep connector_step(const std::string& name, const std::string& file, std::vector<std::string> needs) {
  std::string path = fmt::format("/connectors/{}", in_address(name));
  DeployStep step;
  step.stage = Stage::Connector;
  step.id = fmt::format("kafka_connect/{}", name);
  step.needs = std::move(needs);
  step.command = Value::object({{"kind", "connect"}, {"method", "PUT"}, {"path", path + "/config"}, {"file", file}});
  step.verify = Value::object({{"kind", "connect"}, {"path", path}, {"file", file}});
  step.undo = Value::object({{"kind", "connect"}, {"method", "DELETE"}, {"path", path}});
  return step;
}

/// At Confluent Cloud's own address, by who has a key of it; the references in the file are theirs to fill in.
DeployStep managed_step(const std::string& name, const std::string& file, std::vector<std::string> needs) {
  DeployStep step = connector_step(name, file, std::move(needs));
  auto call = [&](const char* method) {
    return Value::object(
        {{"kind", "confluent"}, {"method", method}, {"path", fmt::format("/connectors/{}", in_address(name))}});
  };
  step.command = call("PUT");
  step.command.set("path", fmt::format("/connectors/{}/config", in_address(name))).set("file", file);
  step.undo = call("DELETE");
  step.verify = {};
  return step;
}

/// What Strimzi's operator makes of a resource: applied, and deleted again.
Value applied(std::string_view verb, const std::string& file) {
  return Value::object({{"kind", "kubernetes"}, {"verb", verb}, {"file", file}});
}

DeployStep resource_step(Stage stage, const std::string& file, std::vector<std::string> needs) {
  DeployStep step;
  step.stage = stage;
  step.id = file;
  step.needs = std::move(needs);
  step.command = applied("apply", file);
  step.undo = applied("delete", file);
  return step;
}

/// Files below a folder, those of one ending.
std::vector<std::string> files_in(const ArtifactFiles& emitted, const std::string& folder, std::string_view ending) {
  std::vector<std::string> files;
  for (auto each = emitted.lower_bound(folder); each != emitted.end() && each->first.starts_with(folder); ++each) {
    if (each->first.ends_with(ending)) files.push_back(each->first);
  }
  return files;
}

/// The name that the connector's file says that it has.
std::string name_of(const std::string& document) {
  const ParsedJson json = parse_json(document);
  const Value* name = json.ok ? json.value.find("name") : nullptr;
  return name && name->text() ? *name->text() : std::string();
}

}  // namespace

std::vector<DeployStep> deploy_steps(const pipeline::Pipeline& pipeline, const ArtifactFiles& emitted) {
  constexpr std::string_view kConnectors = "kafka_connect/connectors/";
  std::vector<DeployStep> steps, sinks;
  for (const pipeline::Source& source : pipeline.sources) {
    const std::string part = file_part(source.head.name.text());
    const std::string file = fmt::format("kafka_connect/source/{}.sql", part);
    const std::string own = fmt::format("{}{}.json", kConnectors, part);
    if (!emitted.count(file)) continue;
    steps.push_back(source_step(source, file, fmt::format("kafka_connect/source/{}.undo.sql", part)));
    const std::string sql = steps.back().id;
    // A sink's file is named like its topic, which begins with the source's name.
    const std::string sink = fmt::format("{}{}.", kConnectors, part);
    for (auto each = emitted.lower_bound(sink); each != emitted.end() && each->first.starts_with(sink); ++each) {
      if (each->first == own) continue;
      auto step = has_own_sinks(pipeline) ? connector_step : managed_step;
      sinks.push_back(
          step(name_of(each->second), each->first, {fmt::format("kafka_connect/{}", source.head.name.text())}));
    }
    if (auto connector = emitted.find(own); connector != emitted.end()) {
      auto step = is_managed(pipeline) ? managed_step : connector_step;
      steps.push_back(step(name_of(connector->second), own, {sql}));
    }
  }
  steps.insert(steps.end(), std::make_move_iterator(sinks.begin()), std::make_move_iterator(sinks.end()));
  for (const std::string& file : files_in(emitted, "kafka_connect/topics/", ".json")) {
    DeployStep step;
    step.stage = Stage::Topic;
    step.id = file;
    step.command = Value::object({{"kind", "topic"}, {"file", file}});
    steps.push_back(std::move(step));
  }
  for (const std::string& file : files_in(emitted, "kafka_connect/topics/", ".yaml")) {
    steps.push_back(resource_step(Stage::Topic, file, {}));
  }
  for (const std::string& file : files_in(emitted, std::string(kConnectors), ".yaml")) {
    steps.push_back(resource_step(Stage::Connector, file, {}));
  }
  return steps;
}

}  // namespace pipec::backend::kafka_connect
