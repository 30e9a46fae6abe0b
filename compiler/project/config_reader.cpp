#include "project/config_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/dates.h"
#include "project/allowances.h"
#include "project/diagnostics.h"
#include "project/secrets.h"

namespace pipec::project {
namespace {

constexpr size_t kLongestName = 63;  // what PostgreSQL allows, the strictest of the platforms
const std::vector<std::string_view> kEngines = {"databricks", "snowflake", "redshift", "postgres", "duckdb"};

std::string listed(const std::vector<std::string_view>& words) {
  std::string result;
  for (std::string_view word : words) result += fmt::format("{}`{}`", result.empty() ? "" : ", ", word);
  return result;
}

std::string suggestion_or_list(std::string_view wrong, const std::vector<std::string_view>& words) {
  std::string near = did_you_mean(wrong, words);
  return near.empty() ? fmt::format("one of {}", listed(words)) : near;
}

}  // namespace

Config ConfigReader::read(const yaml::Node& root) {
  Config config;
  const yaml::Node* found[2] = {};
  auto missing = [&](std::string_view key, std::string_view remedy) {
    sink_.report(diag::MissingKey, place({}), fmt::format("pipec.yaml has no `{}`", key)).help(std::string(remedy));
  };
  if (root.kind != yaml::Node::Kind::Map && root.kind != yaml::Node::Kind::Null) {
    sink_.report(diag::WrongValue, place(root.span), "pipec.yaml must be a map of keys");
    return config;
  }
  for (const auto& [key, value] : root.members) {
    if (!known_key(key, "pipec.yaml", {"name", "language", "vars", "defaults", "connections", "targets"})) continue;
    if (key.text == "name") {
      found[0] = &key;
      if (auto name = scalar(key, value); name && good_name(value, "a project")) config.name = *name;
    } else if (key.text == "language") {
      found[1] = &key;
      read_language(key, value);
    } else if (key.text == "vars") {
      read_vars(key, value, config);
    } else if (key.text == "defaults") {
      read_defaults(key, value, config);
    } else if (is_map(key, value)) {
      for (const auto& [name, member] : value.members) {
        if (key.text == "connections") {
          read_connection(name, member, config);
        } else {
          read_target(name, member, config);
        }
      }
    }
  }
  if (!found[0]) missing("name", "write `name: my_project`");
  if (!found[1]) missing("language", "write `language: 1`");
  bool has_targets = std::any_of(root.members.begin(), root.members.end(), [](const auto& member) {
    return member.first.text == "targets" && member.second.kind != yaml::Node::Kind::Null;
  });
  if (!has_targets) missing("targets", "write `targets: { prod: { warehouse: { engine: databricks } } }`");
  return config;
}

bool ConfigReader::is_map(const yaml::Node& key, const yaml::Node& value) {
  if (value.kind == yaml::Node::Kind::Map || value.kind == yaml::Node::Kind::Null) return true;
  sink_.report(diag::WrongValue, place(value.span), fmt::format("`{}` must be a map", key.text)).at("this is no map");
  return false;
}

std::optional<Text> ConfigReader::scalar(const yaml::Node& key, const yaml::Node& value) {
  if (value.kind == yaml::Node::Kind::Scalar) return text_of(value);
  if (value.kind == yaml::Node::Kind::Null) {
    sink_.report(diag::WrongValue, place(key.span), fmt::format("`{}` has no value", key.text));
  } else {
    sink_.report(diag::WrongValue, place(value.span), fmt::format("`{}` must be a single value", key.text));
  }
  return std::nullopt;
}

bool ConfigReader::known_key(const yaml::Node& key, std::string_view owner, const Keys& keys) {
  if (std::find(keys.begin(), keys.end(), key.text) != keys.end()) return true;
  sink_.report(diag::UnknownKey, place(key.span), fmt::format("{} has no key `{}`", owner, key.text))
      .help(suggestion_or_list(key.text, keys));
  return false;
}

bool ConfigReader::good_name(const yaml::Node& name, std::string_view what) {
  auto part = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  const std::string& text = name.text;
  bool good = !text.empty() && text[0] >= 'a' && text[0] <= 'z' && text.size() <= kLongestName &&
              std::all_of(text.begin(), text.end(), part);
  if (good) return true;
  sink_.report(diag::BadName, place(name.span), fmt::format("`{:.80}` cannot be the name of {}", text, what))
      .help(fmt::format("lower-case letters, digits, `_` and `-`, a letter first, at most {}", kLongestName));
  return false;
}

void ConfigReader::read_language(const yaml::Node& key, const yaml::Node& value) {
  auto version = scalar(key, value);
  if (!version || version->value == "1") return;
  sink_
      .report(diag::WrongValue, place(value.span),
              fmt::format("this pipec does not know language `{}`", version->value))
      .help("write `language: 1`");
}

void ConfigReader::read_vars(const yaml::Node& key, const yaml::Node& value, Config& config) {
  if (!is_map(key, value)) return;
  for (const auto& [name, member] : value.members) {
    auto text = good_name(name, "a variable") ? scalar(name, member) : std::nullopt;
    if (!text) continue;
    if (is_secret_name(name.text) || holds_credential(text->value)) {
      report_secret(text_of(name), "vars");
      continue;
    }
    config.vars[name.text] = {text_of(name), *text};
  }
}

void ConfigReader::read_defaults(const yaml::Node& key, const yaml::Node& value, Config& config) {
  if (!is_map(key, value)) return;
  for (const auto& [name, member] : value.members) {
    if (!known_key(name, "`defaults`", {"owner", "require", "deny"})) continue;
    if (name.text == "owner") {
      config.owner = scalar(name, member);
    } else if (name.text == "deny") {
      read_denials(name, member, config);
    } else {
      read_requirements(name, member, config);
    }
  }
}

void ConfigReader::read_requirements(const yaml::Node& key, const yaml::Node& value, Config& config) {
  const Keys words = {"owner", "description"};
  if (value.kind != yaml::Node::Kind::List) {
    sink_
        .report(diag::WrongValue, place(value.kind == yaml::Node::Kind::Null ? key.span : value.span),
                "`require` must be a list")
        .help("write `require: [owner, description]`");
    return;
  }
  for (const yaml::Node& item : value.items) {
    if (item.text == "owner") {
      config.require_owner = true;
    } else if (item.text == "description") {
      config.require_description = true;
    } else {
      sink_.report(diag::WrongValue, place(item.span), fmt::format("`{}` cannot be required", item.text))
          .help(suggestion_or_list(item.text, words));
    }
  }
}

void ConfigReader::read_denials(const yaml::Node& key, const yaml::Node& value, Config& config) {
  if (value.kind != yaml::Node::Kind::List) {
    sink_
        .report(diag::WrongValue, place(value.kind == yaml::Node::Kind::Null ? key.span : value.span),
                "`deny` must be a list")
        .help("write `deny: [PIPE0602]`, or `deny: [warnings]` for all");
    return;
  }
  for (const yaml::Node& item : value.items) {
    if (can_be_denied(item.text)) {
      config.deny.push_back(item.text);
    } else {
      sink_.report(diag::WrongValue, place(item.span), fmt::format("`{}` is not the code of a warning", item.text))
          .help("write codes of warnings such as PIPE0602, or `warnings` for all");
    }
  }
}

void ConfigReader::read_connection(const yaml::Node& key, const yaml::Node& value, Config& config) {
  if (!good_name(key, "a connection") || !is_map(key, value)) return;
  ConnectionConfig& connection = config.connections[key.text];
  connection.name = text_of(key);
  for (const auto& [name, member] : value.members) read_field(name, member, connection);
}

void ConfigReader::read_field(const yaml::Node& key, const yaml::Node& value, ConnectionConfig& connection) {
  if (!good_name(key, "a field")) return;
  FieldConfig field;
  field.name = text_of(key);
  if (value.kind == yaml::Node::Kind::Map) {
    for (const auto& [backend, member] : value.members) {
      auto text = scalar(backend, member);
      if (!text) continue;
      field.per_backend[backend.text] = {text_of(backend), *text};
      check_field_value(field, *text, connection, true);
    }
  } else if (auto text = scalar(key, value)) {
    field.plain = *text;
    check_field_value(field, *text, connection, false);
  }
  connection.fields[key.text] = std::move(field);
}

void ConfigReader::check_field_value(const FieldConfig& field, const Text& value, const ConnectionConfig& connection,
                                     bool per_backend) {
  switch (reference_form(value.value)) {
    case ReferenceForm::Good:
      if (per_backend) return;
      sink_
          .report(diag::BadReference, place(value.span),
                  fmt::format("`{}` must say for which backend this reference is", field.name.value))
          .help(fmt::format("write `{}: {{ kafka_connect: \"{}\" }}`", field.name.value, value.value));
      return;
    case ReferenceForm::Malformed:
      sink_
          .report(diag::BadReference, place(field.name.span),
                  fmt::format("the reference in `{}` is malformed", field.name.value))
          .help("write `env:NAME`, or `file:/absolute/path.properties#key`");
      return;
    case ReferenceForm::None:
      break;
  }
  if (is_secret_name(field.name.value) || holds_credential(value.value)) {
    report_secret(field.name, fmt::format("connection `{}`", connection.name.value));
  }
}

void ConfigReader::read_target(const yaml::Node& key, const yaml::Node& value, Config& config) {
  TargetConfig target;
  target.name = text_of(key);
  if (!good_name(key, "a target") || !is_map(key, value)) return;
  std::string owner = fmt::format("the target `{}`", key.text);
  for (const auto& [name, member] : value.members) {
    if (!known_key(name, owner, {"like", "warehouse", "backends", "start", "exports", "schedules"})) continue;
    if (name.text == "like") {
      target.like = scalar(name, member);
    } else if (name.text == "start") {
      target.start = scalar(name, member);
      if (target.start && target.start->value.find("${") == std::string::npos) check_start(*target.start, sink_);
    } else if (name.text == "exports" || name.text == "schedules") {
      std::optional<Text> value = scalar(name, member);
      if (value && value->value != "true" && value->value != "false") {
        sink_.report(diag::WrongValue, value->place(), fmt::format("`{}` is true or false", name.text))
            .help(fmt::format("write `{}: true`, or leave it out", name.text));
      }
      (name.text == "exports" ? target.exports : target.schedules) = value;
    } else if (name.text == "warehouse") {
      read_warehouse(name, member, target);
    } else {
      read_backends(name, member, target);
    }
  }
  config.targets.push_back(std::move(target));
}

void ConfigReader::read_warehouse(const yaml::Node& key, const yaml::Node& value, TargetConfig& target) {
  if (!is_map(key, value)) return;
  for (const auto& [name, member] : value.members) {
    if (!known_key(name, "`warehouse`", {"engine", "catalog", "landing", "schema_prefix"})) continue;
    auto text = scalar(name, member);
    if (!text) continue;
    target.warehouse[name.text] = {text_of(name), *text};
    if (text->value.find("${") == std::string::npos) check_warehouse(name.text, *text, sink_);
    if (holds_credential(text->value)) report_secret(text_of(name), "`warehouse`");
  }
}

void ConfigReader::read_backends(const yaml::Node& key, const yaml::Node& value, TargetConfig& target) {
  if (!is_map(key, value)) return;
  for (const auto& [name, options] : value.members) {
    if (!is_map(name, options)) continue;
    BackendConfig& backend = target.backends[name.text];
    backend.name = text_of(name);
    for (const auto& [option, member] : options.members) {
      if (auto text = scalar(option, member)) backend.options[option.text] = {text_of(option), *text};
    }
  }
}

void ConfigReader::report_secret(const Text& field, std::string_view owner) {
  sink_
      .report(diag::LiteralSecret, place(field.span),
              fmt::format("`{}` of {} is written out, and it is a secret", field.value, owner))
      .at("say where it is found instead")
      .note("whoever can read the repository has it now: change it")
      .help(fmt::format("write a reference for each backend: `{}: {{ kafka_connect: \"env:NAME\" }}`", field.value));
}

void check_start(const Text& start, Sink& sink) {
  if (pipeline::is_date(start.value)) return;
  sink.report(diag::WrongValue, start.place(), fmt::format("`{}` is no date", start.value))
      .help("write `start: 2026-01-31`");
}

namespace {

void check_engine(const Text& engine, Sink& sink) {
  if (std::find(kEngines.begin(), kEngines.end(), engine.value) != kEngines.end()) return;
  sink.report(diag::WrongValue, engine.place(), fmt::format("there is no warehouse engine `{}`", engine.value))
      .help(suggestion_or_list(engine.value, kEngines));
}

}  // namespace

void check_warehouse(std::string_view key, const Text& value, Sink& sink) {
  if (key == "engine") check_engine(value, sink);
  // The warehouse reads its files by a pattern that begins with it.
  if (key == "landing" && value.value.find_first_of("*?[]{}\\") != std::string::npos) {
    sink.report(diag::WrongValue, value.place(), fmt::format("the landing `{}` is a pattern of paths", value.value))
        .help("name one folder, without any of `* ? [ ] { } \\`");
  }
}

}  // namespace pipec::project
