// Tables of a source: columns with their types, keys, and how a column is read from a file.
#include <algorithm>

#include <fmt/format.h>

#include "semantic/facts.h"
#include "semantic/resolve.h"
#include "semantic/source.h"
#include "sql/coercion.h"

namespace pipec::semantic {

using ast::NodeId;
using pipeline::Capability;

namespace {

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

void mark_not_null(pipeline::SourceTable& table, Symbol name) {
  for (pipeline::SourceColumn& column : table.columns) {
    if (column.column.name.folded() == name.folded()) column.column.nullable = false;
  }
}

}  // namespace

void SourceResolver::read_table(NodeId node) {
  auto decl = tree_.get<ast::TableDecl>(node);
  auto name_parts = tree_.children(decl.name);
  pipeline::SourceTable table;
  table.name = tree_.name(name_parts.back());
  table.schema = name_parts.size() > 1 ? tree_.name(name_parts[name_parts.size() - 2]) : default_schema(source_);
  table.description = tree_.doc(node).text();
  for (NodeId property : tree_.list(decl.properties)) {
    std::string_view name = tree_.name(property).text();
    if (name == "timezone") {
      check_zone(context_, tree_.children(property)[0]);
      table.timezone = text_of(tree_, tree_.children(property)[0]).text();
      need(Capability::SourceZone, property, "a table with a zone of its own");
    } else if (name == "renamed from") {
      check_old_name(tree_.children(property)[0]);
    }
  }
  for (NodeId item : tree_.list(decl.items)) read_item(item, table);
  std::vector<Symbol> columns;
  for (const pipeline::SourceColumn& column : table.columns) columns.push_back(column.column.name);
  for (NodeId item : tree_.list(decl.items)) {
    if (tree_.is<ast::ColumnDecl>(item)) check_renamed(context_, item, columns);
  }
  add_table(std::move(table), decl.name);
}

// A table under its old name as well is no renamed table.
void SourceResolver::check_old_name(NodeId name) {
  for (NodeId item : tree_.list(tree_.get<ast::SourceDecl>(tree_.root).items)) {
    if (!tree_.is<ast::TableDecl>(item)) continue;
    Symbol other = text_of(tree_, tree_.get<ast::TableDecl>(item).name);
    if (other.folded() == text_of(tree_, name).folded()) report_not_renamed(context_.sink, context_.place(name), other);
  }
}

void SourceResolver::add_table(pipeline::SourceTable table, NodeId name) {
  for (const pipeline::SourceTable& other : source_.tables) {
    if (other.name.folded() != table.name.folded() || other.schema.folded() != table.schema.folded()) continue;
    context_
        .report(diag::DuplicateDeclaration, name,
                fmt::format("the table `{}` is declared twice", text_of(tree_, name).text()))
        .help("keep one of them");
    return;
  }
  for (Symbol key : table.primary_key) mark_not_null(table, key);
  source_.tables.push_back(std::move(table));
}

void SourceResolver::read_item(NodeId item, pipeline::SourceTable& table) {
  switch (tree_.kind(item)) {
    case ast::NodeKind::ColumnDecl:
      return read_column(item, table);
    case ast::NodeKind::TableKey:
      check_names(tree_.get<ast::TableKey>(item).columns, table);
      if (tree_.op<ast::AttrKind>(item) == ast::AttrKind::PrimaryKey) {
        table.primary_key = names_of(tree_, tree_.get<ast::TableKey>(item).columns);
      } else {
        table.unique.push_back(names_of(tree_, tree_.get<ast::TableKey>(item).columns));
      }
      return;
    case ast::NodeKind::ForeignKey: {
      auto key = tree_.get<ast::ForeignKey>(item);
      check_names(key.columns, table);
      add_foreign_key(table, names_of(tree_, key.columns), key.table, key.referenced);
      return;
    }
    default:
      return;  // an Error node: reported by the parser
  }
}

void SourceResolver::check_names(NodeId list, const pipeline::SourceTable& table) {
  std::vector<pipeline::Column> columns;
  for (const pipeline::SourceColumn& column : table.columns) columns.push_back(column.column);
  check_columns(context_, list, columns, qualified(table.schema, table.name).text());
}

void SourceResolver::read_column(NodeId node, pipeline::SourceTable& table) {
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
  if (!decl.type) return;
  if (tree_.is<ast::NativeType>(decl.type)) column.native = native_of(tree_, decl.type);
  read_attributes(decl.attributes, column, table);
  if (map_column(decl.type, column, table)) {
    check_expression(node, column);
  } else {
    column.column.type = {};  // it is there all the same
    column.mapping = {};
  }
  table.columns.push_back(std::move(column));
}

void SourceResolver::read_attributes(NodeId list, pipeline::SourceColumn& column, pipeline::SourceTable& table) {
  for (NodeId node : tree_.list(list)) {
    if (tree_.is<ast::ColumnAttr>(node) && !read_attribute(node, column, table)) read_reading(node, column);
  }
}

// What any table may say of a column; false for what is said of files and services alone.
bool SourceResolver::read_attribute(NodeId node, pipeline::SourceColumn& column, pipeline::SourceTable& table) {
  auto attribute = tree_.get<ast::ColumnAttr>(node);
  switch (tree_.op<ast::AttrKind>(node)) {
    case ast::AttrKind::NotNull:
      column.column.nullable = false;
      return true;
    case ast::AttrKind::PrimaryKey:
      column.column.nullable = false;
      table.primary_key.push_back(column.column.name);
      return true;
    case ast::AttrKind::References:
      add_foreign_key(table, {column.column.name}, attribute.value, attribute.columns);
      return true;
    case ast::AttrKind::Timezone:
      check_zone(context_, attribute.value);
      column.timezone = text_of(tree_, attribute.value).text();
      need(Capability::SourceZone, node, "a column with a zone of its own");
      return true;
    case ast::AttrKind::Unique:
      table.unique.push_back({column.column.name});
      return true;
    case ast::AttrKind::Null:
    case ast::AttrKind::Collate:
    case ast::AttrKind::Default:
    case ast::AttrKind::RenamedFrom:
      return true;  // facts of the source that nothing reads yet
    case ast::AttrKind::From:
    case ast::AttrKind::FromParent:
    case ast::AttrKind::As:
    case ast::AttrKind::Format:
    case ast::AttrKind::UnnestAs:
      return false;
  }
  return true;
}

void SourceResolver::read_reading(NodeId node, pipeline::SourceColumn& column) {
  auto attribute = tree_.get<ast::ColumnAttr>(node);
  auto kind = tree_.op<ast::AttrKind>(node);
  bool files = source_.kind.text() == "files", rest = source_.kind.text() == "rest";
  bool of_resource = kind == ast::AttrKind::FromParent || kind == ast::AttrKind::UnnestAs;
  if (!source_.kind.empty() && (of_resource ? !rest : !files && !rest)) {
    context_
        .report(diag::UnknownItem, node,
                fmt::format("a column of a source of kind `{}` is not read this way", source_.kind.text()))
        .help("take it out: what the column becomes is said in a model");
    return;
  }
  if (kind == ast::AttrKind::From) {
    column.header = text_of(tree_, attribute.value).text();
  } else if (kind == ast::AttrKind::Format) {
    column.format = text_of(tree_, attribute.value).text();
  } else if (kind == ast::AttrKind::As) {
    column.expression = attribute.value;
  } else if (kind == ast::AttrKind::FromParent) {
    column.of_parent = names_of(tree_, attribute.columns);
  }
}

// `as` says how the text of the file (`$`) becomes the column.
void SourceResolver::check_expression(NodeId node, pipeline::SourceColumn& column) {
  if (!column.format.empty()) {
    sql::Type type = column.column.type;
    bool fits = type.is_numeric() || type.is(sql::TypeKind::Date) || type.is(sql::TypeKind::Timestamp) ||
                type.is(sql::TypeKind::TimestampNtz) || type.is_error();
    if (!fits) {
      context_
          .report(diag::ContractType, node,
                  fmt::format("`{}` is {}, which has no format", column.column.name.text(), type.text()))
          .help("`format` is for numbers, dates and timestamps");
    }
  }
  if (!column.expression) return;
  sql::TableInterface text;
  text.name = source_.head.name;
  text.declaration = context_.declaration.key;
  text.columns.push_back({Symbol::of("$"), sql::TypeKind::String, true});
  sql::BindContext bind{reader_, context_.sink, context_.declaration.key};
  sql::BoundExpression bound = sql::bind_expression(tree_, column.expression, text, bind);
  sql::Type declared = column.column.type;
  column.bound = std::make_shared<const sql::BoundExpression>(bound);
  if (!bound.ok || bound.type.is_error() || declared.is_error() || sql::can_cast(bound.type, declared)) return;
  context_
      .report(
          diag::ContractType, column.expression,
          fmt::format("this gives {}, but `{}` is {}", bound.type.text(), column.column.name.text(), declared.text()))
      .help(fmt::format("write an expression that becomes {}, or declare another type", declared.text()));
}

bool SourceResolver::map_column(NodeId type_node, pipeline::SourceColumn& column, const pipeline::SourceTable& table) {
  if (source_.kind.empty()) return false;  // reported: the kind is unknown
  if (!has_native_types(source_.kind)) {
    column.column.type = declared_type(context_, reader_, type_node);
    return true;
  }
  std::string why;
  std::optional<platform::NativeMapping> mapping = platform::map_native(source_.kind.text(), column.native, &why);
  if (!mapping) {
    std::string suggestion = did_you_mean(column.native.name, platform::native_type_names(source_.kind.text()));
    context_.report(diag::UncarriedType, type_node, why).help(suggestion);
    return false;
  }
  if (!mapping->naive_timestamp && !column.timezone.empty()) {
    context_
        .report(diag::BadZone, type_node,
                fmt::format("`{}` holds no naive timestamps that a zone could be of", column.column.name.text()))
        .help("take its `timezone` out");
  }
  if (mapping->naive_timestamp && column.timezone.empty()) {
    column.timezone = table.timezone.empty() ? source_.timezone : table.timezone;
  }
  if (mapping->naive_timestamp && column.timezone.empty()) {
    context_
        .report(diag::MissingZone, type_node,
                fmt::format("`{}` holds naive timestamps, and the source says no zone", column.column.name.text()))
        .help("add `timestamps in 'UTC'` (the zone of the server's clock) to the source");
  }
  if (!mapping->loss.empty()) {
    context_.report(diag::LossyType, type_node, fmt::format("`{}`: {}", column.column.name.text(), mapping->loss))
        .help(mapping->remedy);
  }
  column.column.type = mapping->delta;
  column.mapping = std::move(*mapping);
  return true;
}

void SourceResolver::add_foreign_key(pipeline::SourceTable& table, std::vector<Symbol> columns, NodeId target,
                                     NodeId referenced) {
  if (!target) return;
  auto parts = tree_.children(target);
  pipeline::ForeignKey key;
  key.columns = std::move(columns);
  key.table = tree_.name(parts.back());
  key.schema = parts.size() > 1 ? tree_.name(parts[parts.size() - 2]) : table.schema;
  key.referenced = names_of(tree_, referenced);
  foreign_nodes_.push_back({source_.tables.size(), table.foreign_keys.size(), target, referenced});
  table.foreign_keys.push_back(std::move(key));
}

// After all tables are known: order of declarations means nothing.
void SourceResolver::check_foreign_keys() {
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
    if (contains(tables, name)) {
      check_referenced(entry, key);
      continue;
    }
    context_
        .report(diag::UnknownSource, entry.node,
                fmt::format("the source `{}` has no table `{}`", source_.head.name.text(), name.text()))
        .help(did_you_mean(name.text(), names));
  }
}

void SourceResolver::check_referenced(const ForeignNode& entry, const pipeline::ForeignKey& key) {
  if (!entry.referenced) return;  // the primary key of the other table
  for (const pipeline::SourceTable& table : source_.tables) {
    if (table.name.folded() != key.table.folded() || table.schema.folded() != key.schema.folded()) continue;
    Symbol name = qualified(table.schema, table.name);
    for (NodeId node : tree_.list(entry.referenced)) {
      // By the written columns: one whose type is wrong is reported there.
      if (out_.members.count(qualified(name, text_of(tree_, node)).folded())) continue;
      std::vector<std::string_view> names;
      for (const pipeline::SourceColumn& column : table.columns) names.push_back(column.column.name.text());
      auto report = context_.report(diag::UnknownMember, node,
                                    fmt::format("`{}` has no column `{}`", name.text(), text_of(tree_, node).text()));
      // A key whose column is not there is missed by who captures the table too.
      if (table.primary_key.empty()) report.about(Symbol::of(fmt::format("key of {}", name.text())));
      report.help(did_you_mean(text_of(tree_, node).text(), names));
    }
  }
  if (key.referenced.size() == key.columns.size()) return;
  context_
      .report(diag::BadName, entry.referenced,
              fmt::format("{} columns refer to {}", key.columns.size(), key.referenced.size()))
      .help("name as many columns on both sides");
}

// Tables that somebody else fills are there already: models read them under the schema that they stand in.
void SourceResolver::add_external_nodes() {
  if (source_.kind.text() != "external") return;
  for (const pipeline::SourceTable& table : source_.tables) {
    Symbol schema = !table.schema.empty() ? table.schema : source_.schema.empty() ? source_.head.name : source_.schema;
    pipeline::Node node;
    node.head = source_.head;
    node.head.name = qualified(schema, table.name).folded();
    node.head.description = table.description;
    node.kind = pipeline::NodeKind::External;
    for (const pipeline::SourceColumn& column : table.columns) {
      node.columns.push_back(column.column);
      Symbol from = source_.full_name(table);
      node.lineage.emplace_back().direct.push_back({{from, column.column.name.folded()}, lineage::Direct::Identity});
    }
    node.facts = facts_as_declared(node, table.primary_key);
    out_.tables.push_back(interface_of(node, context_.declaration.key));
    out_.nodes.push_back(std::move(node));
  }
}

}  // namespace pipec::semantic
