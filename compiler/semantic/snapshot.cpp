// `snapshot name from table { ... }` and `seed name { ... }`: tables that the project itself keeps.
#include <fmt/format.h>

#include "pipeline/literals.h"
#include "semantic/facts.h"
#include "semantic/items.h"
#include "semantic/resolve.h"

namespace pipec::semantic {

using ast::NodeId;

namespace {

// A file holds texts: what no text is a value of has no place in a seed.
void check_seed_types(const pipeline::Node& node, Sink& sink) {
  for (const pipeline::Column& column : node.columns) {
    if (column.type.is_error() || pipeline::has_literals(column.type)) continue;
    sink.report(
            diag::ContractType, Place::of_member(node.head.declaration, column.name),
            fmt::format("`{}` is {}, which no text of a file is a value of", column.name.text(), column.type.text()))
        .help("declare a text, a number, a boolean, a day or a time; take it apart in a model");
  }
}

pipeline::Column meta(std::string_view name, sql::TypeKind type, bool nullable, std::string_view description) {
  return {Symbol::of(name), type, nullable, std::string(description), {}};
}

}  // namespace

void resolve_snapshot(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  const ast::Tree& tree = context.tree;
  auto decl = tree.get<ast::SnapshotDecl>(tree.root);
  pipeline::Snapshot snapshot;
  snapshot.head = head_of(context, reader.facts(), decl.annotations);
  Items items(context, decl.items, "snapshot", {"key", "compare", "deletes", "owner", "tags", "description"});
  check_two_names(context, decl.name, "a snapshot lies in a schema", "snapshot raw.users_history from raw.users");
  snapshot.source = tree.dotted(decl.source).folded();
  const sql::TableInterface* table = reader.table(snapshot.source);
  const pipeline::Node* source = reader.node(snapshot.source);
  if (!table) {
    context.report(diag::UnknownNode, decl.source, fmt::format("there is no table `{}`", snapshot.source.text()))
        .about(snapshot.source.folded())
        .help(did_you_mean(snapshot.source.text(), reader.table_names()));
  }
  pipeline::Node node;
  node.head = snapshot.head;
  node.kind = pipeline::NodeKind::Snapshot;
  node.inputs = {snapshot.source};
  bool broken = !source || table->broken;
  if (source) node.columns = source->columns;
  std::string_view owner = snapshot.source.text();
  items.require("key", "key (id)");
  NodeId key = items.value("key");
  if (key && !broken && check_columns(context, key, node.columns, owner)) snapshot.key = names_of(tree, key);
  NodeId compare = items.value("compare");
  if (tree.is<ast::List>(compare) && !broken && check_columns(context, compare, node.columns, owner)) {
    snapshot.compare = names_of(tree, compare);
  }
  snapshot.close_deleted = items.word("deletes", {"close", "keep"}).text() != "keep";
  for (const pipeline::Column& column : node.columns) {
    node.lineage.emplace_back().direct.push_back({{snapshot.source, column.name.folded()}, lineage::Direct::Identity});
  }
  using sql::TypeKind;
  node.columns.push_back(meta("valid_from", TypeKind::Timestamp, false, "Since when the version is true."));
  node.columns.push_back(meta("valid_to", TypeKind::Timestamp, true, "Until when it was true, exclusive."));
  node.columns.push_back(meta("is_current", TypeKind::Boolean, false, "The version is true now."));
  node.columns.push_back(
      meta("is_deleted", TypeKind::Boolean, false, "The version ended because the row was deleted."));
  node.lineage.resize(node.columns.size());
  node.facts = facts_of_snapshot(snapshot, node, source ? source->facts.get() : nullptr);
  out.tables.push_back(interface_of(node, declaration.key));
  out.tables.back().broken = broken;
  out.nodes.push_back(std::move(node));
  out.snapshots.push_back(std::move(snapshot));
}

void resolve_seed(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  const ast::Tree& tree = context.tree;
  auto decl = tree.get<ast::SeedDecl>(tree.root);
  pipeline::Seed seed;
  seed.head = head_of(context, reader.facts(), decl.annotations);
  Items items(context, decl.items, "seed", {"file", "format", "key", "owner", "tags", "description"});
  check_two_names(context, decl.name, "a seed lies in a schema", "seed ref.countries { ... }");
  items.require("file", "file 'countries.csv'");
  seed.format = items.word("format", {"csv", "json"});
  seed.file = items.text("file").text();
  if (NodeId file = items.value("file")) check_file(context, reader, file, seed.file);
  pipeline::Node node;
  node.head = seed.head;
  node.kind = pipeline::NodeKind::Seed;
  node.columns = read_columns(context, reader, decl.items, "a seed", out);
  node.lineage.resize(node.columns.size());
  check_seed_types(node, sink);
  if (node.columns.empty()) {
    sink.report(diag::MissingItem, Place::of_member(declaration.key, Symbol()),
                fmt::format("seed `{}` has no columns", seed.head.name.text()))
        .help("add `columns ( code string not null )`");
  }
  NodeId key = items.value("key");
  if (key && check_columns(context, key, node.columns, seed.head.name.text())) seed.key = names_of(tree, key);
  node.facts = facts_as_declared(node, seed.key);
  out.tables.push_back(interface_of(node, declaration.key));
  out.nodes.push_back(std::move(node));
  out.seeds.push_back(std::move(seed));
}

}  // namespace pipec::semantic
