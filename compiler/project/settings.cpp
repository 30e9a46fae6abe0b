#include "project/settings.h"

#include <algorithm>

#include "backend/backend.h"

namespace pipec::project {
namespace {

std::vector<KnownBackend> known_backends() {
  std::vector<KnownBackend> known;
  for (const backend::Backend* backend : backend::all_backends()) {
    KnownBackend entry{backend->info().name, {}};
    for (const backend::OptionSpec& option : backend->info().options)
      entry.options.push_back({option.name, option.allowed, option.fits, option.help});
    known.push_back(std::move(entry));
  }
  return known;
}

pipeline::Target target_of(const Selection& selection) {
  const TargetConfig& config = selection.target;
  pipeline::Target target;
  target.name = config.name.value;
  target.file = Symbol::of(kConfigFile);
  target.span = config.name.span;
  target.engine = config.of_warehouse("engine");
  target.catalog = config.of_warehouse("catalog");
  target.landing = config.of_warehouse("landing");
  target.schema_prefix = config.of_warehouse("schema_prefix");
  if (config.start) target.start = config.start->value;
  target.exports = config.exports ? config.exports->value == "true" : selection.first;
  target.schedules = config.schedules ? config.schedules->value == "true" : selection.first;
  for (const auto& [name, backend] : config.backends) {
    pipeline::OptionValues& values = target.backends[name];
    for (const backend::Backend* known : backend::all_backends()) {
      if (known->info().name != name) continue;
      for (const backend::OptionSpec& option : known->info().options) {
        values[std::string(option.name)] = option.fallback;
      }
    }
    for (const auto& [key, setting] : backend.options) values[key] = setting.value.value;
  }
  return target;
}

pipeline::Connection connection_of(const ConnectionConfig& config) {
  pipeline::Connection connection;
  connection.head.name = Symbol::of(config.name.value).folded();
  connection.head.file = Symbol::of(kConfigFile);
  Hasher hasher;
  hasher.add(config.name.value);
  for (const auto& [name, field] : config.fields) {
    pipeline::ConnectionField& out = connection.fields[name];
    out.span = field.name.span;
    if (field.plain) out.plain = field.plain->value;
    hasher.add(name).add(out.plain);
    for (const auto& [backend, setting] : field.per_backend) {
      out.references[backend] = setting.value.value;
      hasher.add(backend).add(setting.value.value);
    }
  }
  connection.head.fingerprint = hasher.finish();
  return connection;
}

}  // namespace

ProjectSettings load_settings(const Vfs& vfs, const std::string& target,
                              const std::map<std::string, std::string>& variables, Sink& sink) {
  ProjectSettings settings;
  LoadedConfig loaded = load_config(vfs, sink);
  settings.readable = loaded.ok;
  settings.text = std::move(loaded.shown_text);
  const Config& config = loaded.config;
  settings.name = config.name.value;
  for (const auto& [name, connection] : config.connections) settings.connection_names.push_back(name);
  if (config.owner) settings.facts.owner = config.owner->value;
  settings.facts.require_owner = config.require_owner;
  settings.facts.require_description = config.require_description;
  settings.deny = config.deny;
  if (loaded.ok) {
    Selection selection = select_target(config, target, variables, sink);
    if (selection.ok) {
      check_backends(selection, known_backends(), sink);
      settings.target = target_of(selection);
      for (const auto& [name, connection] : selection.connections)
        settings.connections.push_back(connection_of(connection));
    }
  }
  std::sort(settings.connections.begin(), settings.connections.end(),
            [](const auto& a, const auto& b) { return a.head.name.text() < b.head.name.text(); });
  // Folded as the declarations write them; the symbols live as long as the process.
  for (const std::string& name : settings.connection_names) {
    settings.facts.connections.push_back(Symbol::of(name).folded().text());
  }
  std::sort(settings.facts.connections.begin(), settings.facts.connections.end());
  return settings;
}

}  // namespace pipec::project
