// `source name { ... }`: connection, capture settings, tables with native types.
#include <algorithm>

#include <fmt/format.h>

#include "pipeline/cron.h"
#include "semantic/items.h"
#include "semantic/resolve.h"

namespace pipec::semantic {
namespace {

using ast::NodeId;

bool contains(const std::vector<Symbol>& list, Symbol name) {
  return std::any_of(list.begin(), list.end(), [&](Symbol s) { return s.folded() == name.folded(); });
}

platform::NativeType native_of(const ast::Tree& tree, NodeId node) {
  platform::NativeType type;
  type.name = tree.name(node).text();
  type.dimensions = tree[node].op;
  for (NodeId argument : tree.list(tree.get<ast::NativeType>(node).arguments)) {
    type.arguments.emplace_back(text_of(tree, argument).text());
  }
  return type;
}

class SourceResolver {
 public:
  SourceResolver(const Resolving& context, const Reader& reader, Resolved& out, pipeline::Source& source)
      : context_(context), tree_(context.tree), reader_(reader), out_(out), source_(source) {}

  void run() {
    auto decl = tree_.get<ast::SourceDecl>(tree_.root);
    source_.head = head_of(context_, reader_.facts(), decl.annotations);
    Items items(context_, decl.items, "source",
                {"kind", "connection", "database", "timestamps in", "cdc", "owner", "tags", "description"});
    items.require("kind", "kind postgres");
    source_.kind = items.word("kind", {"postgres"});
    if (items.require("connection", "connection app_db")) source_.connection = items.text("connection").folded();
    check_connection(items);
    items.require("database", "database shop");
    source_.database = items.text("database");
    read_zone(items);
    read_capture(items);
    for (NodeId item : tree_.list(decl.items)) {
      if (tree_.kind(item) == ast::NodeKind::TableDecl) read_table(item);
    }
    check_foreign_keys();
  }

 private:
  void check_connection(const Items& items) {
    const auto& known = reader_.facts().connections;
    NodeId node = items.value("connection");
    if (!node || std::find(known.begin(), known.end(), source_.connection.text()) != known.end()) return;
    std::string suggestion = did_you_mean(source_.connection.text(), known);
    context_
        .report(diag::UnknownConnection, node,
                fmt::format("pipec.yaml has no connection `{}`", source_.connection.text()))
        .help(suggestion.empty() ? "add it under `connections:`" : suggestion);
  }

  void read_zone(const Items& items) {
    NodeId node = items.value("timestamps in");
    if (!node) return;
    source_.timezone = text_of(tree_, node).text();
    if (pipeline::valid_zone(source_.timezone)) return;
    std::vector<std::string_view> names(pipeline::zone_names().begin(), pipeline::zone_names().end());
    context_.report(diag::BadZone, node, fmt::format("there is no time zone `{}`", source_.timezone))
        .help(did_you_mean(source_.timezone, names));
  }

  void read_capture(const Items& items) {
    NodeId block = items.value("cdc");
    if (!block) return;
    Items capture(context_, block, "cdc", {"retention", "heartbeat", "snapshot"});
    source_.retention = capture.duration("retention");
    source_.heartbeat = capture.duration("heartbeat");
    source_.snapshot = capture.word("snapshot", {"initial", "no_data", "when_needed"});
  }

  void read_table(NodeId node) {
    auto decl = tree_.get<ast::TableDecl>(node);
    auto name_parts = tree_.children(decl.name);
    pipeline::SourceTable table;
    table.name = tree_.name(name_parts.back());
    table.schema = name_parts.size() > 1 ? tree_.name(name_parts[name_parts.size() - 2]) : Symbol::of("public");
    table.description = tree_.doc(node).text();
    for (NodeId property : tree_.list(decl.properties)) {
      context_
          .report(diag::UnknownItem, property, fmt::format("a table cannot have `{}` yet", tree_.name(property).text()))
          .help("take it out");
    }
    for (NodeId item : tree_.list(decl.items)) read_item(item, table);
    for (const pipeline::SourceTable& other : source_.tables) {
      if (other.name.folded() != table.name.folded() || other.schema.folded() != table.schema.folded()) continue;
      context_
          .report(diag::DuplicateDeclaration, decl.name,
                  fmt::format("the table `{}` is declared twice", tree_.dotted(decl.name).text()))
          .help("keep one of them");
      return;
    }
    for (Symbol name : table.primary_key) mark_not_null(table, name);
    source_.tables.push_back(std::move(table));
  }

  static void mark_not_null(pipeline::SourceTable& table, Symbol name) {
    for (pipeline::SourceColumn& column : table.columns) {
      if (column.column.name.folded() == name.folded()) column.column.nullable = false;
    }
  }

  void read_item(NodeId item, pipeline::SourceTable& table) {
    switch (tree_.kind(item)) {
      case ast::NodeKind::ColumnDecl:
        return read_column(item, table);
      case ast::NodeKind::TableKey:
        if (tree_.op<ast::AttrKind>(item) == ast::AttrKind::PrimaryKey) {
          table.primary_key = names_of(tree_, tree_.get<ast::TableKey>(item).columns);
          check_names(tree_.get<ast::TableKey>(item).columns, table);
        }
        return;
      case ast::NodeKind::ForeignKey: {
        auto key = tree_.get<ast::ForeignKey>(item);
        check_names(key.columns, table);
        add_foreign_key(table, names_of(tree_, key.columns), key.table, names_of(tree_, key.referenced));
        return;
      }
      default:
        return;  // an Error node: reported by the parser
    }
  }

  void check_names(NodeId list, const pipeline::SourceTable& table) {
    std::vector<pipeline::Column> columns;
    for (const pipeline::SourceColumn& column : table.columns) columns.push_back(column.column);
    check_columns(context_, list, columns, qualified(table.schema, table.name).text());
  }

  void read_column(NodeId node, pipeline::SourceTable& table) {
    auto decl = tree_.get<ast::ColumnDecl>(node);
    pipeline::SourceColumn column;
    column.column.name = tree_.name(node);
    column.column.description = tree_.doc(node).text();
    column.column.pii = pii_of(context_, decl.annotations);
    Symbol member = qualified(qualified(table.schema, table.name), column.column.name).folded();
    out_.members.emplace(member, tree_[node].span);
    for (const pipeline::SourceColumn& other : table.columns) {
      if (other.column.name.folded() != column.column.name.folded()) continue;
      context_
          .report(diag::DuplicateColumn, node, fmt::format("the column `{}` is there twice", column.column.name.text()))
          .help("rename or remove one of them");
      return;
    }
    if (!tree_.is<ast::NativeType>(decl.type)) return;
    column.native = native_of(tree_, decl.type);
    read_attributes(decl.attributes, column, table);
    if (map_column(decl.type, column)) table.columns.push_back(std::move(column));
  }

  void read_attributes(NodeId list, pipeline::SourceColumn& column, pipeline::SourceTable& table) {
    for (NodeId node : tree_.list(list)) {
      if (tree_.kind(node) != ast::NodeKind::ColumnAttr) continue;
      auto attribute = tree_.get<ast::ColumnAttr>(node);
      switch (tree_.op<ast::AttrKind>(node)) {
        case ast::AttrKind::NotNull:
          column.column.nullable = false;
          break;
        case ast::AttrKind::PrimaryKey:
          column.column.nullable = false;
          table.primary_key.push_back(column.column.name);
          break;
        case ast::AttrKind::References:
          add_foreign_key(table, {column.column.name}, attribute.value, names_of(tree_, attribute.columns));
          break;
        case ast::AttrKind::Null:
        case ast::AttrKind::Unique:
        case ast::AttrKind::Collate:
        case ast::AttrKind::Default:
          break;  // facts of the source that nothing reads yet
        case ast::AttrKind::RenamedFrom:
        case ast::AttrKind::Timezone:
          context_.report(diag::UnknownItem, node, "a source column cannot have this attribute yet")
              .help("take it out");
          break;
      }
    }
  }

  bool map_column(NodeId type_node, pipeline::SourceColumn& column) {
    if (source_.kind.empty()) return false;  // reported: the kind is unknown
    std::string why;
    std::optional<platform::NativeMapping> mapping = platform::map_native(source_.kind.text(), column.native, &why);
    if (!mapping) {
      std::string suggestion = did_you_mean(column.native.name, platform::native_type_names(source_.kind.text()));
      context_.report(diag::UncarriedType, type_node, why).help(suggestion);
      return false;
    }
    if (mapping->naive_timestamp && source_.timezone.empty()) {
      context_
          .report(diag::MissingZone, type_node,
                  fmt::format("`{}` holds naive timestamps, and the source says no zone", column.column.name.text()))
          .help("add `timestamps in 'UTC'` (the zone of the server's clock) to the source");
    }
    if (!mapping->loss.empty()) {
      context_.report(diag::LossyType, type_node, fmt::format("`{}`: {}", column.column.name.text(), mapping->loss));
    }
    column.column.type = mapping->delta;
    column.mapping = std::move(*mapping);
    return true;
  }

  void add_foreign_key(pipeline::SourceTable& table, std::vector<Symbol> columns, NodeId target,
                       std::vector<Symbol> referenced) {
    if (!target) return;
    auto parts = tree_.children(target);
    pipeline::ForeignKey key;
    key.columns = std::move(columns);
    key.table = tree_.name(parts.back());
    key.schema = parts.size() > 1 ? tree_.name(parts[parts.size() - 2]) : table.schema;
    key.referenced = std::move(referenced);
    foreign_nodes_.push_back({source_.tables.size(), table.foreign_keys.size(), target});
    table.foreign_keys.push_back(std::move(key));
  }

  // After all tables are known: order of declarations means nothing.
  void check_foreign_keys() {
    std::vector<std::string_view> names;
    std::vector<Symbol> tables;
    for (const pipeline::SourceTable& table : source_.tables) {
      tables.push_back(qualified(table.schema, table.name));
      names.push_back(tables.back().text());
    }
    for (const ForeignNode& entry : foreign_nodes_) {
      if (entry.table >= source_.tables.size()) continue;
      const pipeline::ForeignKey& key = source_.tables[entry.table].foreign_keys[entry.key];
      Symbol name = qualified(key.schema, key.table);
      if (contains(tables, name)) continue;
      context_
          .report(diag::UnknownSource, entry.node,
                  fmt::format("the source `{}` has no table `{}`", source_.head.name.text(), name.text()))
          .help(did_you_mean(name.text(), names));
    }
  }

  struct ForeignNode {
    size_t table, key;
    NodeId node;
  };
  const Resolving& context_;
  const ast::Tree& tree_;
  const Reader& reader_;
  Resolved& out_;
  pipeline::Source& source_;
  std::vector<ForeignNode> foreign_nodes_;
};

}  // namespace

void resolve_source(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  SourceResolver(context, reader, out, out.sources.emplace_back()).run();
}

}  // namespace pipec::semantic
