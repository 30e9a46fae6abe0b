#include "project/connections.h"

#include <fmt/format.h>

#include <algorithm>

#include "project/config.h"
#include "project/diagnostics.h"

namespace pipec::project {
namespace {

using Fields = std::vector<std::string_view>;

const Fields kDatabase = {"host", "port", "user", "password", "database", "dsn", "sslmode", "sslrootcert"};
const Fields kKafka = {"brokers", "user", "password", "protocol", "mechanism"};
const Fields kWarehouse = {"host", "http_path", "token", "client_id", "client_secret"};
const Fields kTool = {"url", "token", "host", "port", "user", "password", "database", "dsn", "http_path"};

const Fields& fields_of(std::string_view kind) {
  return kind == "kafka" ? kKafka : kDatabase;
}

struct Use {
  std::string what;  // "a postgres source"
  const Fields* fields;
};

std::vector<Use> uses_of(const pipeline::Pipeline& pipeline, Symbol connection) {
  std::vector<Use> uses;
  auto add = [&](std::string what, const Fields& fields) { uses.push_back({std::move(what), &fields}); };
  for (const pipeline::Source& source : pipeline.sources) {
    if (source.connection.folded() == connection) {
      add(fmt::format("source `{}`", source.head.name.text()), fields_of(source.kind.text()));
    }
  }
  for (const pipeline::Destination& destination : pipeline.destinations) {
    if (destination.connection.folded() == connection) {
      add(fmt::format("destination `{}`", destination.head.name.text()), fields_of(destination.kind.text()));
    }
  }
  for (const pipeline::Dashboard& dashboard : pipeline.dashboards) {
    if (dashboard.connection.folded() == connection) {
      add(fmt::format("dashboard `{}`", dashboard.head.name.text()), kTool);
    }
  }
  // The warehouse's own, which no declaration names.
  if (connection.text() == "warehouse") {
    if (pipeline.target.engine == "databricks") add("the warehouse", kWarehouse);
    if (pipeline.target.engine == "postgres") add("the warehouse", kDatabase);
  }
  return uses;
}

}  // namespace

void check_connections(const pipeline::Pipeline& pipeline, Sink& sink) {
  for (const pipeline::Connection& connection : pipeline.connections) {
    std::vector<Use> uses = uses_of(pipeline, connection.head.name);
    for (const auto& [name, field] : connection.fields) {
      auto takes = [&](const Use& use) {
        return std::find(use.fields->begin(), use.fields->end(), name) != use.fields->end();
      };
      if (uses.empty() || std::any_of(uses.begin(), uses.end(), takes)) continue;
      const Fields& known = *uses.front().fields;
      std::string help = did_you_mean(name, known);
      if (help.empty()) {
        for (std::string_view field_name : known)
          help += fmt::format("{}`{}`", help.empty() ? "one of " : ", ", field_name);
      }
      sink.report(diag::UnknownKey, Place::in_file(Symbol::of(kConfigFile), field.span),
                  fmt::format("{} has no use for a field `{}` of its connection", uses.front().what, name))
          .help(help);
    }
  }
}

}  // namespace pipec::project
