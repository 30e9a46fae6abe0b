// Single values of items: words of closed lists, numbers, zones, columns.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "pipeline/cron.h"
#include "semantic/items.h"
#include "semantic/world.h"
#include "sql/functions_table.h"

namespace pipec::semantic {

using ast::NodeId;
using pipeline::Column;

Symbol one_of_words(const Resolving& context, NodeId node, std::string_view what,
                    std::initializer_list<std::string_view> words) {
  Symbol text = text_of(context.tree, node).folded();
  if (std::find(words.begin(), words.end(), text.text()) != words.end()) return text;
  std::string suggestion = did_you_mean(text.text(), std::vector<std::string_view>(words));
  if (suggestion.empty()) {
    for (std::string_view word : words) {
      suggestion += fmt::format("{} `{}`", suggestion.empty() ? "use one of" : ",", word);
    }
  }
  context.report(diag::BadWord, node, fmt::format("`{}` is no {} that pipec knows", text.text(), what))
      .help(suggestion);
  return {};
}

int64_t read_number(const Resolving& context, NodeId node, int64_t least, int64_t most) {
  std::string_view text = text_of(context.tree, node).text();
  int64_t value = 0;
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && value >= least && value <= most) {
    return value;
  }
  context.report(diag::BadWord, node, fmt::format("`{}` is out of range", text))
      .help(fmt::format("write {} to {}", least, most));
  return least;
}

bool check_zone(const Resolving& context, NodeId node) {
  std::string_view zone = text_of(context.tree, node).text();
  if (pipeline::valid_zone(zone)) return true;
  std::vector<std::string_view> names(pipeline::zone_names().begin(), pipeline::zone_names().end());
  context.report(diag::BadZone, node, fmt::format("there is no time zone `{}`", zone)).help(did_you_mean(zone, names));
  return false;
}

void check_time(const Resolving& context, NodeId node, std::string_view owner, const Column& column,
                std::string_view what) {
  using sql::TypeKind;
  for (TypeKind kind : {TypeKind::Timestamp, TypeKind::TimestampNtz, TypeKind::Date}) {
    if (column.type.is(kind)) return;
  }
  if (column.type.is_error()) return;
  context
      .report(diag::ContractType, node,
              fmt::format("{} a timestamp or a date, but `{}` is {}", what, column.name.text(), column.type.text()))
      .typed_by({column_of(owner, column)})
      .help("name a column that holds a time");
}

const Column* find_column(const Resolving& context, NodeId node, const std::vector<Column>& columns,
                          std::string_view owner) {
  Symbol name = text_of(context.tree, node);
  auto found = std::find_if(columns.begin(), columns.end(),
                            [&](const Column& column) { return column.name.folded() == name.folded(); });
  if (found != columns.end()) return &*found;
  report_no_column(context, context.place(node), columns, owner, name);
  return nullptr;
}

sql::Type declared_type(const Resolving& context, const Reader& reader, NodeId type) {
  if (context.tree.is<ast::DataType>(type)) {
    return sql::type_of_node(context.tree, type, {reader, context.sink, context.declaration.key});
  }
  std::string text(context.tree.name(type).text());
  std::string arguments;
  for (NodeId argument : context.tree.list(context.tree.get<ast::NativeType>(type).arguments)) {
    arguments += fmt::format("{}{}", arguments.empty() ? "" : ", ", text_of(context.tree, argument).text());
  }
  if (!arguments.empty()) text += fmt::format("({})", arguments);
  std::optional<sql::Type> found = sql::parse_type_text(text, false);
  if (found && context.tree[type].op == 0) return *found;
  context.report(diag::UncarriedType, type, fmt::format("there is no type `{}` here", text))
      .help("what has no native types is declared with SQL types: string, bigint, decimal(18, 2), timestamp");
  return sql::TypeKind::Error;
}

std::vector<Column> read_columns(const Resolving& context, const Reader& reader, NodeId items, std::string_view owner,
                                 Resolved& out) {
  const ast::Tree& tree = context.tree;
  std::vector<Column> columns;
  std::vector<NodeId> nodes;
  for (NodeId item : tree.list(items)) {
    if (!tree.is<ast::Columns>(item)) continue;
    for (NodeId node : tree.list(tree.get<ast::Columns>(item).columns)) {
      if (!tree.is<ast::ColumnDecl>(node)) continue;
      nodes.push_back(node);
      auto decl = tree.get<ast::ColumnDecl>(node);
      check_attributes(context, node, owner);
      Column column{tree.name(node), declared_type(context, reader, decl.type), !tree.has(node, ast::kNotNull),
                    std::string(tree.doc(node).text()), pii_of(context, decl.annotations)};
      if (!out.members.emplace(column.name.folded(), tree[node].span).second) {
        context.report(diag::DuplicateColumn, node, fmt::format("the column `{}` is there twice", column.name.text()))
            .label(Place::of_member(context.declaration.key, column.name.folded()), "first declared here")
            .help("rename or remove one of them");
        continue;
      }
      columns.push_back(std::move(column));
    }
  }
  std::vector<Symbol> names;
  for (const Column& column : columns) names.push_back(column.name);
  for (NodeId node : nodes) check_renamed(context, node, names);
  return columns;
}

}  // namespace pipec::semantic
