#include "semantic/resolve.h"

#include "semantic/items.h"
#include "semantic/table_functions.h"

namespace pipec::semantic {

using ast::NodeKind;

std::string_view decl_kind_name(DeclKind kind) {
  switch (kind) {
    case DeclKind::Source:
      return "source";
    case DeclKind::Destination:
      return "destination";
    case DeclKind::Function:
      return "function";
    case DeclKind::Cdc:
      return "cdc";
    case DeclKind::Model:
      return "model";
    case DeclKind::Check:
      return "check";
    case DeclKind::Export:
      return "export";
    case DeclKind::Schedule:
      return "schedule";
    case DeclKind::Load:
      return "load";
    case DeclKind::Snapshot:
      return "snapshot";
    case DeclKind::Seed:
      return "seed";
    case DeclKind::Test:
      return "test";
    case DeclKind::Publish:
      return "publish";
    case DeclKind::Entity:
      return "entity";
    case DeclKind::Metric:
      return "metric";
    case DeclKind::Dashboard:
      return "dashboard";
    case DeclKind::Job:
      return "job";
  }
  return "";
}

bool Resolved::has_errors() const {
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity() == Severity::Error) return true;
  }
  return false;
}

namespace {

struct Identity {
  DeclKind kind;
  Symbol name;
};

// The `.*` of a wildcard is part of its name: two wildcards of one schema are one declaration.
Symbol name_with_wildcard(const ast::Tree& tree, ast::NodeId qname) {
  std::string text;
  for (ast::NodeId part : tree.children(qname)) {
    if (!text.empty()) text += '.';
    text += tree.kind(part) == NodeKind::Wildcard ? std::string_view("*") : tree.name(part).text();
  }
  return Symbol::of(text);
}

std::optional<Identity> identity(const ast::Tree& tree) {
  switch (tree.kind(tree.root)) {
    case NodeKind::SourceDecl:
      return Identity{DeclKind::Source, tree.name(tree.root)};
    case NodeKind::DestinationDecl:
      return Identity{DeclKind::Destination, tree.name(tree.root)};
    case NodeKind::ScheduleDecl:
      return Identity{DeclKind::Schedule, tree.name(tree.root)};
    case NodeKind::CheckDecl:
      return Identity{DeclKind::Check, tree.name(tree.root)};
    case NodeKind::FunctionDecl:
      return Identity{DeclKind::Function, text_of(tree, tree.get<ast::FunctionDecl>(tree.root).name)};
    case NodeKind::LoadDecl:
      return Identity{DeclKind::Load, text_of(tree, tree.get<ast::LoadDecl>(tree.root).name)};
    case NodeKind::SnapshotDecl:
      return Identity{DeclKind::Snapshot, text_of(tree, tree.get<ast::SnapshotDecl>(tree.root).name)};
    case NodeKind::SeedDecl:
      return Identity{DeclKind::Seed, text_of(tree, tree.get<ast::SeedDecl>(tree.root).name)};
    case NodeKind::TestDecl:
      return Identity{DeclKind::Test, tree.name(tree.root)};
    case NodeKind::PublishDecl:
      return Identity{DeclKind::Publish, tree.name(tree.root)};
    case NodeKind::EntityDecl:
      return Identity{DeclKind::Entity, tree.name(tree.root)};
    case NodeKind::MetricDecl:
      return Identity{DeclKind::Metric, tree.name(tree.root)};
    case NodeKind::DashboardDecl:
      return Identity{DeclKind::Dashboard, tree.name(tree.root)};
    case NodeKind::JobDecl:
      return Identity{DeclKind::Job, tree.name(tree.root)};
    case NodeKind::ModelDecl:
      return Identity{DeclKind::Model, text_of(tree, tree.get<ast::ModelDecl>(tree.root).name)};
    case NodeKind::ExportDecl:
      return Identity{DeclKind::Export, text_of(tree, tree.get<ast::ExportDecl>(tree.root).name)};
    case NodeKind::CdcDecl: {
      ast::NodeId target = tree.get<ast::CdcDecl>(tree.root).target;
      if (!target) return std::nullopt;
      return Identity{DeclKind::Cdc, name_with_wildcard(tree, target)};
    }
    default:
      return std::nullopt;
  }
}

// A job has a name of its own; rows are quarantined beside the table that they were meant for.
void add_produced(const ast::Tree& tree, std::vector<Symbol>& names) {
  for (uint32_t i = 1; i < tree.size(); ++i) {
    ast::NodeId id{i};
    ast::NodeId name;
    if (tree.is<ast::Property>(id)) {
      std::string_view word = tree.name(id).text();
      bool writes = word == "writes" || word == "quarantine";
      if (writes && !tree.children(id).empty()) name = tree.children(id)[0];
    } else if (tree.is<ast::Expect>(id)) {
      name = tree.get<ast::Expect>(id).quarantine;
    }
    if (tree.is<ast::QName>(name)) names.push_back(tree.dotted(name).folded());
  }
}

}  // namespace

std::optional<Declaration> declaration_of(std::shared_ptr<const ast::Tree> tree) {
  std::optional<Identity> found = identity(*tree);
  if (!found || found->name.empty()) return std::nullopt;
  Declaration declaration;
  declaration.kind = found->kind;
  declaration.name = found->name.folded();
  std::string key(decl_kind_name(found->kind));
  key += ':';
  key += declaration.name.text();
  declaration.key = Symbol::of(key);
  add_produced(*tree, declaration.produces);
  declaration.tree = std::move(tree);
  return declaration;
}

sql::TableInterface interface_of(const pipeline::Node& node, Symbol declaration) {
  sql::TableInterface table;
  table.name = node.head.name;
  table.declaration = declaration;
  for (const pipeline::Column& column : node.columns)
    table.columns.push_back({column.name, column.type, column.nullable, {}, column.pii});
  if (node.facts) facts::show(*node.facts, table);
  return table;
}

Resolved resolve(const Declaration& written, const World& world) {
  Reader reader(world);
  Resolved result;
  Sink sink;
  std::shared_ptr<const ast::Tree> tree = expand_table_functions(written, reader, sink);
  std::optional<Declaration> expanded;
  if (tree != written.tree) expanded.emplace(written).tree = std::move(tree);
  const Declaration& declaration = expanded ? *expanded : written;
  switch (declaration.kind) {
    case DeclKind::Source:
      resolve_source(declaration, reader, result, sink);
      break;
    case DeclKind::Destination:
      resolve_destination(declaration, reader, result, sink);
      break;
    case DeclKind::Function:
      resolve_function(declaration, reader, result, sink);
      break;
    case DeclKind::Cdc:
      resolve_cdc(declaration, reader, result, sink);
      break;
    case DeclKind::Model:
      resolve_model(declaration, reader, result, sink);
      break;
    case DeclKind::Check:
      resolve_check(declaration, reader, result, sink);
      break;
    case DeclKind::Export:
      resolve_export(declaration, reader, result, sink);
      break;
    case DeclKind::Load:
      resolve_load(declaration, reader, result, sink);
      break;
    case DeclKind::Snapshot:
      resolve_snapshot(declaration, reader, result, sink);
      break;
    case DeclKind::Seed:
      resolve_seed(declaration, reader, result, sink);
      break;
    case DeclKind::Test:
      resolve_test(declaration, reader, result, sink);
      break;
    case DeclKind::Publish:
      resolve_publish(declaration, reader, result, sink);
      break;
    case DeclKind::Entity:
      resolve_entity(declaration, reader, result, sink);
      break;
    case DeclKind::Metric:
      resolve_metric(declaration, reader, result, sink);
      break;
    case DeclKind::Dashboard:
      resolve_dashboard(declaration, reader, result, sink);
      break;
    case DeclKind::Job:
      resolve_job(declaration, reader, result, sink);
      break;
    case DeclKind::Schedule:
      resolve_schedule(declaration, reader, result, sink);
      break;
  }
  result.diagnostics = sink.take();
  result.reads = reader.reads();
  Hasher own;
  own.add(declaration.file.text()).add(declaration.text);
  for (const auto& [key, fingerprint] : result.reads) own.add(key.text()).add(fingerprint);
  result.own = own.finish();
  auto stamp = [&](auto& objects) {
    for (auto& object : objects) object.head.fingerprint = result.own;
  };
  stamp(result.sources), stamp(result.cdcs), stamp(result.functions), stamp(result.models), stamp(result.checks);
  stamp(result.destinations), stamp(result.exports), stamp(result.schedules), stamp(result.nodes);
  stamp(result.loads), stamp(result.snapshots), stamp(result.seeds), stamp(result.tests), stamp(result.publishes);
  stamp(result.entities), stamp(result.metrics), stamp(result.dashboards), stamp(result.jobs);
  return result;
}

Resolved resolve_broken(const Declaration& declaration) {
  Resolved result;
  result.own = Hasher().add("broken").add(declaration.text).finish();
  std::vector<Symbol> tables = declaration.produces;
  bool is_table = false;
  for (DeclKind kind : {DeclKind::Model, DeclKind::Cdc, DeclKind::Load, DeclKind::Snapshot, DeclKind::Seed}) {
    is_table = is_table || declaration.kind == kind;
  }
  if (is_table) tables.push_back(declaration.name);
  for (Symbol name : tables) {
    sql::TableInterface table;
    table.name = name;
    table.declaration = declaration.key;
    table.broken = true;
    result.tables.push_back(std::move(table));
  }
  if (declaration.kind == DeclKind::Function) {
    sql::FunctionInterface function;
    function.name = declaration.name;
    function.declaration = declaration.key;
    function.broken = true;
    result.function = function;
  }
  return result;
}

}  // namespace pipec::semantic
