// `destination name { ... }` and `export name to destination from table { ... }`.
#include <algorithm>

#include <fmt/format.h>

#include "semantic/items.h"
#include "semantic/resolve.h"
#include "semantic/source.h"
#include "sql/coercion.h"

namespace pipec::semantic {

using ast::NodeId;

namespace {

// What files and services need instead of a database's schema, and the other way about.
void check_items_of_kind(const Resolving& context, const Items& items, NodeId list, std::string_view kind) {
  using Words = std::vector<std::string_view>;
  if (kind.empty()) return;  // reported: the kind is unknown
  Words others = {"path", "format", "base_url", "auth", "rate"};
  if (kind == "files") {
    items.require("path", "path 'exports/'");
    items.require("format", "format csv { header }");
    others = {"base_url", "auth", "rate", "schema", "database"};
  } else if (kind == "rest") {
    items.require("base_url", "base_url 'https://api.example.com/v2'");
    others = {"path", "format", "schema", "database"};
  } else {
    items.require("connection", "connection serving_db");
    items.require("schema", "schema analytics");
  }
  for (NodeId item : context.tree.list(list)) {
    if (!context.tree.is<ast::Property>(item)) continue;
    std::string_view word = context.tree.name(item).text();
    if (std::find(others.begin(), others.end(), word) == others.end()) continue;
    context.report(diag::UnknownItem, item, fmt::format("a destination of kind `{}` has no item `{}`", kind, word))
        .help("take it out, or choose the kind that it belongs to");
  }
}

}  // namespace

void resolve_destination(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  auto decl = context.tree.get<ast::DestinationDecl>(context.tree.root);
  pipeline::Destination destination;
  destination.head = head_of(context, reader.facts(), decl.annotations);
  Items items(context, decl.items, "destination",
              {"kind", "connection", "schema", "database", "path", "base_url", "format", "auth", "rate", "owner",
               "tags", "description"});
  items.require("kind", "kind postgres");
  destination.kind = items.word("kind", {"postgres", "sqlserver", "mysql", "clickhouse", "files", "rest"});
  check_items_of_kind(context, items, decl.items, destination.kind.text());
  check_connection(context, items, reader.facts());
  read_service_items(context, items);
  destination.connection = items.text("connection").folded();
  destination.schema = items.text("schema");
  out.destinations.push_back(std::move(destination));
}

namespace {

class ExportResolver {
 public:
  ExportResolver(const Resolving& context, const Reader& reader, Resolved& out)
      : context_(context),
        tree_(context.tree),
        reader_(reader),
        out_(out),
        decl_(tree_.get<ast::ExportDecl>(tree_.root)) {}

  void run() {
    export_.head = head_of(context_, reader_.facts(), decl_.annotations);
    find_destination();
    export_.source = tree_.dotted(decl_.source).folded();
    const sql::TableInterface* table = reader_.table(export_.source);
    if (!table) {
      context_.report(diag::UnknownNode, decl_.source, fmt::format("there is no table `{}`", export_.source.text()))
          .about(export_.source)
          .help(did_you_mean(export_.source.text(), reader_.table_names()));
      return;
    }
    const pipeline::Node* source = reader_.node(export_.source);
    if (!source) return;
    columns_ = source->columns;
    Items items(context_, decl_.items, "export",
                {"key", "mode", "index", "grant", "freshness", "deletes", "renamed from", "version", "vector", "owner",
                 "tags", "description"},
                {"index", "grant", "version", "vector"});
    read_mode(items, table->broken);
    read_key(items, table->broken);
    read_contract(table->broken);
    export_.renamed_from = items.text("renamed from").folded();
    if (NodeId old = items.value("renamed from")) export_.renamed_at = tree_[old].span;
    if (NodeId node = items.find("deletes")) {
      export_.keep_deleted = items.word("deletes", {"follow", "keep"}).text() == "keep";
      if (export_.keep_deleted) need(pipeline::Capability::ExportKeepDeletes, node, "`deletes keep`");
    }
    for (NodeId node : items.all("index")) read_index(node, table->broken);
    for (NodeId node : items.all("grant")) read_grant(node);
    for (NodeId node : items.all("version")) read_version(node, table->broken);
    for (NodeId node : items.all("vector")) read_vector(node, table->broken);
    export_.freshness = items.duration("freshness");
    check_types(table->broken);
    add_node(*source);
  }

 private:
  void find_destination() {
    Symbol name = text_of(tree_, decl_.destination).folded();
    export_.destination = name;
    destination_ = reader_.destination(name);
    if (destination_) return;
    context_
        .report(diag::UnknownDestination, decl_.destination, fmt::format("there is no destination `{}`", name.text()))
        .about(name)
        .help(did_you_mean(name.text(), reader_.destination_names()));
  }

  void need(pipeline::Capability capability, NodeId node, std::string what) {
    out_.needs.push_back({capability, context_.declaration.key, tree_[node].span, std::move(what)});
  }

  // `mode upsert`, `mode swap`, `mode replace by time (day)`.
  void read_mode(const Items& items, bool broken) {
    if (!items.require("mode", "mode upsert")) return;
    NodeId item = items.find("mode");
    Symbol mode = items.word("mode", {"upsert", "swap", "replace"});
    auto children = tree_.children(item);
    if (mode.text() == "swap") export_.mode = pipeline::ExportMode::Swap;
    if (mode.text() == "replace") export_.mode = pipeline::ExportMode::Replace;
    if (mode.text() != "replace") {
      if (children.size() < 2 || mode.empty()) return;
      context_.report(diag::UnknownItem, children[1], fmt::format("`mode {}` stands alone", mode.text()))
          .help("take it out: `mode replace by time (day)` is another mode");
      return;
    }
    if (children.size() < 3 || text_of(tree_, children[1]).text() != "time") {
      context_.report(diag::MissingItem, item, "what is replaced is not said")
          .help("write `mode replace by time (day)`, with a column that holds a time");
      return;
    }
    for (NodeId name : tree_.list(children[2])) {
      if (broken) return;
      const pipeline::Column* column = find_column(context_, name, columns_, export_.source.text());
      if (!column) return;
      export_.replace_by = column->name;
      check_time(context_, name, export_.source.text(), *column, "rows are replaced by");
    }
  }

  // Columns that the application is promised: some of the table's, of the same types.
  void read_contract(bool broken) {
    bool any = false;
    for (NodeId item : tree_.list(decl_.items)) {
      if (!tree_.is<ast::Columns>(item)) continue;
      any = true;
      need(pipeline::Capability::ExportColumns, item, "an export of some columns");
    }
    if (!any || broken) return;
    std::vector<pipeline::Column> wanted = read_columns(context_, reader_, decl_.items, "an export", out_);
    for (const pipeline::Column& column : wanted) {
      Place place = Place::in(context_.declaration.key, out_.members.at(column.name.folded()));
      const pipeline::Column* found = column_named(column.name);
      if (!found) {
        report_no_column(context_, place, columns_, export_.source.text(), column.name);
      } else if (!column.type.is_error() && !found->type.is_error() && found->type != column.type &&
                 !sql::widens(found->type, column.type)) {
        context_.sink
            .report(diag::ContractType, place,
                    fmt::format("`{}` is {} in `{}`", column.name.text(), found->type.text(), export_.source.text()))
            .help(fmt::format("declare {}, or cast it in the model", found->type.text()));
      }
    }
  }

  void read_key(const Items& items, bool broken) {
    bool needed = export_.mode == pipeline::ExportMode::Upsert;
    NodeId list = items.value("key");
    if (needed && !items.require("key", "key (id)")) return;
    if (!list || broken || !check_columns(context_, list, columns_, export_.source.text())) return;
    for (Symbol name : names_of(tree_, list)) export_.key.push_back(column_named(name)->name);
  }

  void read_index(NodeId item, bool broken) {
    std::vector<pipeline::IndexColumn> index;
    for (NodeId child : tree_.children(item)) {
      auto nodes = tree_.is<ast::List>(child) ? tree_.list(child) : std::span<const NodeId>(&child, 1);
      for (NodeId node : nodes) {
        if (!tree_.is<ast::IndexColumn>(node)) continue;
        Symbol name = tree_.name(node);
        const pipeline::Column* column = column_named(name);
        if (!column) {
          if (broken) return;
          report_no_column(context_, context_.place(node), columns_, export_.source.text(), name);
          return;
        }
        index.push_back({column->name, tree_.has(node, ast::kDesc)});
      }
    }
    if (!index.empty()) export_.indexes.push_back(std::move(index));
  }

  // grant select to a, b: a list of privileges, then a list of roles.
  void read_grant(NodeId item) {
    auto children = tree_.children(item);
    if (children.size() != 2) return;
    for (NodeId privilege : tree_.list(children[0])) {
      Symbol word = text_of(tree_, privilege).folded();
      if (word.text() == "select") continue;
      context_.report(diag::BadWord, privilege, fmt::format("`{}` cannot be granted on an export", word.text()))
          .help("an export is read only: `grant select to ...`");
      return;
    }
    for (Symbol role : names_of(tree_, children[1])) export_.grant_select_to.push_back(role);
  }

  // version 1 (a, b)
  void read_version(NodeId item, bool broken) {
    need(pipeline::Capability::ExportVersion, item, "a version of an export");
    auto children = tree_.children(item);
    pipeline::ExportVersion version;
    version.number = read_number(context_, children[0], 1, 9999);
    const bool is_known = std::any_of(export_.versions.begin(), export_.versions.end(),
                                      [&](const auto& other) { return other.number == version.number; });
    if (is_known) {
      context_.report(diag::BadWord, children[0], fmt::format("version {} is there already", version.number))
          .help("give each version of the export a number of its own");
      return;
    }
    if (broken || !check_columns(context_, children[1], columns_, export_.source.text())) return;
    for (Symbol name : names_of(tree_, children[1])) version.columns.push_back(column_named(name)->name);
    export_.versions.push_back(std::move(version));
  }

  // vector embedding 768 cosine
  void read_vector(NodeId item, bool broken) {
    need(pipeline::Capability::ExportVector, item, "a vector");
    auto children = tree_.children(item);
    const pipeline::Column* column =
        broken ? nullptr : find_column(context_, children[0], columns_, export_.source.text());
    if (!column) return;
    pipeline::ExportVector vector{column->name, read_number(context_, children[1], 1, 16'000), Symbol::of("cosine")};
    if (children.size() > 2) {
      vector.distance = one_of_words(context_, children[2], "distance", {"cosine", "euclidean", "product"});
    }
    const sql::Type element = column->type.is(sql::TypeKind::Array) ? column->type.element() : column->type;
    const bool is_numbers = element.is(sql::TypeKind::Float) || element.is(sql::TypeKind::Double);
    if (!column->type.is_error() && (!column->type.is(sql::TypeKind::Array) || !is_numbers)) {
      context_
          .report(diag::ExportType, children[0],
                  fmt::format("`{}` is {}, and a vector is made of an array<float> or array<double>",
                              column->name.text(), column->type.text()))
          .label(Place::of_member(source_declaration(), column->name.folded()), "the column")
          .help("cast it in the model, or take `vector` out");
      return;
    }
    export_.vectors.push_back(std::move(vector));
  }

  const pipeline::Column* column_named(Symbol name) const {
    auto found = std::find_if(columns_.begin(), columns_.end(),
                              [&](const pipeline::Column& c) { return c.name.folded() == name.folded(); });
    return found == columns_.end() ? nullptr : &*found;
  }

  void check_types(bool broken) {
    if (!destination_ || destination_->kind.text() != "postgres" || broken) return;
    for (const pipeline::Column& column : columns_) {
      std::string why;
      if (column.type.is_error() || platform::serving_type(destination_->kind.text(), column.type, &why)) continue;
      context_.report(diag::ExportType, decl_.source, fmt::format("column `{}`: {}", column.name.text(), why))
          .label(Place::of_member(source_declaration(), column.name.folded()), "the column");
    }
  }

  Symbol source_declaration() const {
    const sql::TableInterface* table = reader_.table(export_.source);
    return table ? table->declaration : Symbol();
  }

  void add_node(const pipeline::Node& source) {
    pipeline::Node node;
    node.head = export_.head;
    node.kind = pipeline::NodeKind::Export;
    node.columns = columns_;
    node.inputs = {export_.source};
    for (const pipeline::Column& column : source.columns) {
      node.lineage.emplace_back().direct.push_back({{export_.source, column.name.folded()}, lineage::Direct::Identity});
    }
    out_.nodes.push_back(std::move(node));
    out_.exports.push_back(std::move(export_));
  }

  const Resolving& context_;
  const ast::Tree& tree_;
  const Reader& reader_;
  Resolved& out_;
  ast::ExportDecl decl_;
  pipeline::Export export_;
  const pipeline::Destination* destination_ = nullptr;
  std::vector<pipeline::Column> columns_;
};

}  // namespace

void resolve_export(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  ExportResolver(context, reader, out).run();
}

}  // namespace pipec::semantic
