// `source name { ... }`: kind, connection, capture settings.
#include "semantic/source.h"

#include <algorithm>

#include <fmt/format.h>

#include "pipeline/cron.h"
#include "semantic/resolve.h"

namespace pipec::semantic {

using pipeline::Capability;

void check_connection(const Resolving& context, const Items& items, const ProjectFacts& facts) {
  ast::NodeId node = items.value("connection");
  if (!node) return;
  Symbol name = items.text("connection").folded();
  const auto& known = facts.connections;
  if (std::find(known.begin(), known.end(), name.text()) != known.end()) return;
  std::string suggestion = did_you_mean(name.text(), known);
  context.report(diag::UnknownConnection, node, fmt::format("pipec.yaml has no connection `{}`", name.text()))
      .help(suggestion.empty() ? "add it under `connections:`" : suggestion);
}

void SourceResolver::run() {
  auto decl = tree_.get<ast::SourceDecl>(tree_.root);
  source_.head = head_of(context_, reader_.facts(), decl.annotations);
  source_.tree = context_.declaration.tree;
  Items items(context_, decl.items, "source",
              {"kind",        "connection",   "database",  "schema", "replica",  "timestamps in", "cdc",
               "publication", "slot",         "loaded by", "path",   "base_url", "format",        "auth",
               "rate",        "drop columns", "fresh",     "owner",  "tags",     "description"},
              {"fresh"});
  items.require("kind", "kind postgres");
  source_.kind = items.word("kind", {"postgres", "sqlserver", "mysql", "kafka", "files", "rest", "external"});
  if (source_.kind.empty()) {  // its items, and the types of its columns, are those of a kind
    source_.broken = true;
    return;
  }
  check_items_of_kind(context_, items, decl.items, source_.kind);
  read_names(items);
  read_zone(items);
  read_capture(items);
  read_service(items);
  for (NodeId item : tree_.list(decl.items)) {
    if (tree_.is<ast::TableDecl>(item)) read_table(item);
    if (tree_.is<ast::ResourceDecl>(item)) read_resource(item);
  }
  check_foreign_keys();
  check_parents();
  read_fresh(items);
  read_dropped(items);
  add_external_nodes();
}

void SourceResolver::need(Capability capability, NodeId node, std::string what) {
  out_.needs.push_back({capability, context_.declaration.key, tree_[node].span, std::move(what)});
}

void SourceResolver::read_names(const Items& items) {
  source_.connection = items.text("connection").folded();
  check_connection(context_, items, reader_.facts());
  source_.database = items.text("database");
  source_.schema = items.text("schema");
  source_.loaded_by = items.text("loaded by");
  if (NodeId node = items.find("replica")) {
    source_.replica = !items.word("replica", {"read_only"}).empty();
    need(Capability::SourceReplica, node, "a source that is read from a replica");
  }
  for (const char* name : {"publication", "slot"}) {
    if (NodeId node = items.find(name)) need(Capability::SourceSlot, node, fmt::format("a `{}` by name", name));
  }
  source_.publication = items.text("publication");
  source_.slot = items.text("slot");
}

void SourceResolver::read_zone(const Items& items) {
  NodeId node = items.value("timestamps in");
  if (!node) return;
  source_.timezone = text_of(tree_, node).text();
  if (pipeline::valid_zone(source_.timezone)) return;
  std::vector<std::string_view> names(pipeline::zone_names().begin(), pipeline::zone_names().end());
  context_.report(diag::BadZone, node, fmt::format("there is no time zone `{}`", source_.timezone))
      .help(did_you_mean(source_.timezone, names));
}

void SourceResolver::read_capture(const Items& items) {
  NodeId block = items.value("cdc");
  if (!block) return;
  Items capture(context_, block, "cdc",
                {"retention", "outage", "heartbeat", "snapshot", "land every", "signals", "set"}, {"set"});
  source_.retention = capture.duration("retention");
  check_outage(capture);
  source_.heartbeat = capture.duration("heartbeat");
  source_.snapshot = capture.word("snapshot", {"initial", "no_data", "when_needed"});
  if (NodeId node = capture.find("land every")) {
    source_.land_every = capture.duration("land every");
    need(Capability::SourceLandEvery, node, "`land every`");
  }
  if (NodeId node = capture.find("signals")) {
    source_.signal_table = capture.word("signals", {"in_kafka", "in_database"}).text() == "in_database";
    if (source_.signal_table) need(Capability::SourceSignals, node, "`signals in_database`");
  }
  for (NodeId node : capture.all("set")) {
    auto parts = tree_.children(node);
    if (parts.size() != 2) continue;  // reported by the parser
    source_.settings.push_back(
        {std::string(text_of(tree_, parts[0]).text()), std::string(text_of(tree_, parts[1]).text()), tree_[node].span});
    need(Capability::SourceSetting, node, "a setting by name");
  }
}

/// Whatever nobody has read when it is dropped is lost, and no connector says so.
void SourceResolver::check_outage(const Items& capture) {
  const std::optional<pipeline::Duration> outage = capture.duration("outage");
  if (!outage || (source_.retention && source_.retention->seconds > outage->seconds)) return;
  auto report = context_.report(
      diag::ShortRetention, capture.find("outage"),
      source_.retention ? "changes are dropped before an outage of this length is over"
                        : "nobody has said that changes are kept as long as an outage of this length lasts");
  if (source_.retention) report.label(context_.place(capture.find("retention")), "they are kept for this long");
  report.help("write a longer `retention`: twice the outage leaves time to catch up");
}

void SourceResolver::read_service(const Items& items) {
  ServiceItems service = read_service_items(context_, items);
  source_.path = service.path;
  source_.base_url = service.base_url;
  source_.format = service.format;
  source_.format_options = service.format_options;
  source_.auth = service.auth;
  source_.auth_name = service.auth_name;
  source_.secret = service.secret;
  source_.rate = service.rate;
  source_.rate_per = service.rate_per;
}

// The column that tells how new a table is: one of any of the tables, and a time.
void SourceResolver::read_fresh(const Items& items) {
  for (NodeId item : items.all("fresh")) {
    auto children = tree_.children(item);
    if (children.empty()) continue;
    Symbol wanted = text_of(tree_, children[0]);
    const pipeline::Column* found = nullptr;
    std::vector<std::string_view> names;
    for (const pipeline::SourceTable& table : source_.tables) {
      for (const pipeline::SourceColumn& column : table.columns) {
        names.push_back(column.column.name.text());
        if (!found && column.column.name.folded() == wanted.folded()) found = &column.column;
      }
    }
    if (!found) {
      context_
          .report(diag::UnknownMember, children[0],
                  fmt::format("no table of `{}` has a column `{}`", source_.head.name.text(), wanted.text()))
          .help(did_you_mean(wanted.text(), names));
    } else {
      check_time(context_, children[0], source_.head.name.text(), *found, "freshness is measured by");
    }
    for (NodeId child : children.subspan(1)) {
      if (!tree_.is<ast::Property>(child) || tree_.children(child).empty()) continue;
      NodeId value = tree_.children(child)[0];
      if (tree_.is<ast::Duration>(value)) {
        read_duration(context_, value);
      } else {
        one_of_words(context_, value, "policy", {"warn", "fail", "block"});
      }
    }
    need(Capability::SourceFresh, item, "`fresh`");
  }
}

void SourceResolver::read_dropped(const Items& items) {
  NodeId item = items.find("drop columns");
  if (!item) return;
  for (NodeId node : tree_.children(item)) {
    Symbol name = text_of(tree_, node);
    source_.dropped.push_back(name);
    for (const pipeline::SourceTable& table : source_.tables) {
      for (const pipeline::SourceColumn& column : table.columns) {
        if (column.header != name.text()) continue;
        context_.report(diag::BadName, node, fmt::format("`{}` is read, so it cannot be dropped", name.text()))
            .label(Place::of_member(context_.declaration.key,
                                    qualified(qualified(table.schema, table.name), column.column.name).folded()),
                   "read here")
            .help("take it out of one of the two");
      }
    }
  }
}

void resolve_source(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  SourceResolver(context, reader, out, out.sources.emplace_back()).run();
}

}  // namespace pipec::semantic
