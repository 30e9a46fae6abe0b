#include "openlineage/check.h"

#include <fmt/format.h>

#include "openlineage/diagnostics.h"
#include "openlineage/names.h"

namespace pipec::backend::openlineage {

namespace {

/// The field that the name of a server lacks; empty: none.
std::string missing_field(Symbol kind, const pipeline::Connection& connection) {
  std::string missing;
  return server(kind.text(), &connection, &missing) ? std::string() : missing;
}

void report(const pipeline::Head& user, const pipeline::Connection& connection, const std::string& field, Sink& sink) {
  auto message = fmt::format("connection `{}` does not say its `{}` before a run", connection.head.name.text(), field);
  DiagnosticBuilder report = sink.report(diag::NamelessServer, Place::in(user.declaration, {}), message);
  if (auto found = connection.fields.find(field); found != connection.fields.end()) {
    report.label(Place::in_file(connection.head.file, found->second.span), "known to a run alone");
  }
  report.help(fmt::format("give it a value for the events: `{}: {{ openlineage: ... }}`", field));
}

}  // namespace

void check_names(const pipeline::Pipeline& pipeline, Sink& sink) {
  const pipeline::Target& target = pipeline.target;
  if (target.engine != "databricks" || !warehouse(pipeline.connection(Symbol::of(kWarehouse)))) {
    sink.report(diag::NamelessWarehouse, Place::in_file(target.file, target.span),
                fmt::format("the tables of target `{}` have no names that others would know", target.name))
        .help(
            "the engine is `databricks`, and the connection `warehouse` has a `host`: a value, or one for "
            "`openlineage`");
  }
  for (const pipeline::Source& source : pipeline.sources) {
    const pipeline::Connection* connection = pipeline.connection(source.connection);
    if (!connection || !is_server(source.kind.text())) continue;
    if (std::string field = missing_field(source.kind, *connection); !field.empty()) {
      report(source.head, *connection, field, sink);
    }
  }
  for (const pipeline::Destination& destination : pipeline.destinations) {
    const pipeline::Connection* connection = pipeline.connection(destination.connection);
    if (!connection) continue;
    std::string field = missing_field(destination.kind, *connection);
    if (field.empty() && !known_field(connection, "database")) field = "database";
    if (!field.empty()) report(destination.head, *connection, field, sink);
  }
}

}  // namespace pipec::backend::openlineage
