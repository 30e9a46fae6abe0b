// `resource` of a service and `topic` of a log: what they give out, and what they are given out by.
#include <algorithm>

#include <fmt/format.h>

#include "semantic/source.h"

namespace pipec::semantic {

using ast::NodeId;

void SourceResolver::read_resource(NodeId node) {
  auto decl = tree_.get<ast::ResourceDecl>(node);
  bool topic = tree_[node].op == 1;
  auto parts = tree_.children(decl.name);
  pipeline::SourceTable table;
  table.name = tree_.name(parts.back());
  if (parts.size() > 1) table.schema = tree_.name(parts[parts.size() - 2]);
  table.description = tree_.doc(node).text();
  std::vector<NodeId> all;
  if (topic) {
    Items known(context_, decl.items, "topic", {"key", "time", "late", "format"});
    known.word("format", {"json", "avro", "protobuf", "text"});
  } else {
    Items known(context_, decl.items, "resource", {"path", "paginate", "records", "for each", "key"});
    if (!known.find("path")) {
      context_.report(diag::MissingItem, decl.name, fmt::format("resource `{}` has no `path`", table.name.text()))
          .help("add a line such as `path '/contacts'`");
    }
    table.paginate = known.word("paginate", {"cursor", "page", "offset", "link", "none"});
    table.path = known.text("path").text();
    table.records = known.text("records").text();
    table.parent = known.text("for each");
    read_places(known, table);
  }
  bool any = false;
  for (NodeId item : tree_.list(decl.items)) {
    if (!tree_.is<ast::Columns>(item)) continue;
    any = true;
    for (NodeId column : tree_.list(tree_.get<ast::Columns>(item).columns)) {
      if (tree_.is<ast::ColumnDecl>(column)) read_resource_column(column, table);
    }
  }
  if (!any) {
    context_
        .report(diag::MissingItem, decl.name,
                fmt::format("{} `{}` has no columns", topic ? "topic" : "resource", table.name.text()))
        .help("add `columns ( id bigint not null )`");
  }
  for (NodeId item : tree_.list(decl.items)) {
    if (!tree_.is<ast::Property>(item) || tree_.children(item).empty()) continue;
    NodeId value = tree_.children(item)[0];
    std::string_view name = tree_.name(item).text();
    if (name == "key") {
      check_names(value, table);
      table.primary_key = names_of(tree_, value);
    } else if (name == "late") {
      table.late = read_duration(context_, value);
    } else if (name == "time") {
      table.time = text_of(tree_, value);
      std::vector<pipeline::Column> columns;
      for (const pipeline::SourceColumn& column : table.columns) columns.push_back(column.column);
      if (const pipeline::Column* found =
              find_column(context_, value, columns, qualified(source_.head.name, table.name).folded().text())) {
        check_time(context_, value, qualified(source_.head.name, table.name).folded().text(), *found,
                   "events are placed by");
      }
    }
  }
  add_table(std::move(table), decl.name);
}

void SourceResolver::read_places(const Items& items, pipeline::SourceTable& table) {
  if (NodeId each = items.value("for each")) parent_nodes_.push_back({table.name, each, {}, {}});
  if (NodeId path = items.value("path")) parent_nodes_.push_back({table.name, {}, {}, path});
  if (NodeId item = items.find("paginate"); item && tree_.children(item).size() > 1) {
    table.paginate_with = names_of(tree_, tree_.children(item)[1]);
  } else if (table.paginate.text() == "cursor") {
    context_.report(diag::MissingItem, item, "where the next cursor stands is not said")
        .help("name the field of the answer: `paginate cursor (next_cursor)`");
  }
  if (table.records.empty() || table.records.starts_with("$")) return;
  context_.report(diag::BadName, items.value("records"), fmt::format("`{}` is no path in an answer", table.records))
      .help("write `records '$.data'`: `$` is the whole answer");
}

// `/contacts/{id}/notes`: what stands in braces is a column of the parent.
void SourceResolver::check_path(const ParentNode& entry, const pipeline::SourceTable* parent) {
  std::string_view path = text_of(tree_, entry.path).text();
  for (size_t open = path.find('{'); open != std::string_view::npos; open = path.find('{', open + 1)) {
    size_t close = path.find('}', open);
    std::string_view name = path.substr(open + 1, close == std::string_view::npos ? close : close - open - 1);
    std::vector<std::string_view> names;
    if (parent) {
      for (const pipeline::SourceColumn& column : parent->columns) names.push_back(column.column.name.text());
    }
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    std::string near = did_you_mean(name, names);
    context_
        .report(diag::UnknownMember, entry.path,
                parent ? fmt::format("`{}` has no column `{}`", parent->name.text(), name)
                       : fmt::format("`{{{}}}` stands for a column of a parent, and there is none", name))
        .help(parent ? near : "add `for each` with the resource that gives it");
  }
}

void SourceResolver::read_resource_column(NodeId node, pipeline::SourceTable& table) {
  size_t before = table.columns.size();
  read_column(node, table);
  if (table.columns.size() == before) return;
  for (NodeId attribute : tree_.list(tree_.get<ast::ColumnDecl>(node).attributes)) {
    if (!tree_.is<ast::ColumnAttr>(attribute)) continue;
    auto kind = tree_.op<ast::AttrKind>(attribute);
    if (kind == ast::AttrKind::FromParent) {
      NodeId columns = tree_.get<ast::ColumnAttr>(attribute).columns;
      if (!table.parent.empty()) {
        parent_nodes_.push_back({table.name, {}, columns, {}});
      } else {
        context_.report(diag::MissingItem, attribute, fmt::format("`{}` is read for no parent", table.name.text()))
            .help("add `for each contacts` to the resource");
      }
    } else if (kind == ast::AttrKind::UnnestAs) {
      Symbol name = text_of(tree_, tree_.get<ast::ColumnAttr>(attribute).value);
      sql::Type type = table.columns.back().column.type;
      table.columns.pop_back();
      add_unnested(table, attribute, name, type);
      return;
    }
  }
}

// An array becomes a table of its own: the parent's columns so far that are not null, and what an element holds.
void SourceResolver::add_unnested(const pipeline::SourceTable& parent, NodeId node, Symbol name, sql::Type type) {
  if (type.is_error()) return;
  if (!type.is(sql::TypeKind::Array)) {
    context_.report(diag::ContractType, node, fmt::format("{} is no array, so it has no rows", type.text()))
        .help("declare the column as `array<...>`");
    return;
  }
  pipeline::SourceTable table;
  table.name = name;
  table.schema = parent.schema;
  table.parent = parent.name;
  table.description = fmt::format("One row an element of `{}`.", parent.name.text());
  for (const pipeline::SourceColumn& column : parent.columns) {
    if (column.column.nullable) continue;
    table.columns.push_back(column);
    table.columns.back().column.name =
        Symbol::of(fmt::format("{}_{}", parent.name.folded().text(), column.column.name.folded().text()));
  }
  auto add = [&](Symbol column, sql::Type of) {
    pipeline::SourceColumn& added = table.columns.emplace_back();
    added.column.name = column;
    added.column.type = of;
  };
  sql::Type element = type.element();
  if (element.is(sql::TypeKind::Struct)) {
    for (const sql::StructFieldType& field : element.fields()) add(field.name, field.type);
  } else {
    add(Symbol::of("value"), element);
  }
  add_table(std::move(table), tree_.get<ast::ColumnAttr>(node).value);
}

// After all resources are known: their order means nothing.
void SourceResolver::check_parents() {
  for (const ParentNode& entry : parent_nodes_) {
    auto of = [&](Symbol name) {
      return std::find_if(source_.tables.begin(), source_.tables.end(),
                          [&](const pipeline::SourceTable& table) { return table.name.folded() == name.folded(); });
    };
    auto own = of(entry.table);
    if (own == source_.tables.end()) continue;
    auto parent = of(own->parent);
    if (entry.path) {
      bool unknown = !own->parent.empty() && parent == source_.tables.end();
      if (!unknown) check_path(entry, parent == source_.tables.end() ? nullptr : &*parent);
    } else if (entry.each) {
      if (parent != source_.tables.end()) continue;
      std::vector<Symbol> names = table_names(source_);
      std::vector<std::string_view> texts;
      for (Symbol name : names) texts.push_back(name.text());
      context_
          .report(diag::UnknownSource, entry.each,
                  fmt::format("the source `{}` has no resource `{}`", source_.head.name.text(), own->parent.text()))
          .help(did_you_mean(own->parent.text(), texts));
    } else if (parent != source_.tables.end()) {
      check_names(entry.columns, *parent);
    }
  }
}

}  // namespace pipec::semantic
