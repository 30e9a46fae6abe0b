// Files as rows: how the platform is asked for them, and how their texts become values.
#include <algorithm>

#include <fmt/format.h>

#include "ast/walk.h"
#include "databricks/load.h"
#include "databricks/types.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::Source;
using pipeline::SourceColumn;
using sql::TypeKind;

namespace {

bool is_text_format(const Source& source) {
  return source.format.text() == "csv";
}

Symbol in_file(const SourceColumn& column) {
  return column.header.empty() ? column.column.name : Symbol::of(column.header);
}

/// What is read by a format or an expression is a text in a file of any format.
sql::Type type_in_file(const Source& source, const SourceColumn& column) {
  bool text = is_text_format(source) || !column.format.empty() || column.expression;
  return text ? sql::Type(TypeKind::String) : column.column.type;
}

/// The column's text, as the file has it or as the author's expression over `$` makes it.
NodeId text_of_column(Statement& s, print::Rewrites& rewrites, const Source& source, const SourceColumn& column) {
  if (!column.expression) return s.sql.column(in_file(column));
  const ast::Tree& tree = *source.tree;
  ast::each_below(tree, column.expression, [&](NodeId id) {
    if (tree.is<ast::ColumnRef>(id) && tree.dotted(id).text() == "$") rewrites.paths[id] = {in_file(column)};
  });
  return s.embed({source.tree.get(), column.expression, &rewrites});
}

/// The text of a number in the form that Spark reads: `#.##0,00` says which sign stands before the fraction.
NodeId plain_number(SqlBuilder& sql, NodeId text, const std::string& format) {
  size_t last = format.find_last_of(".,");
  if (last == std::string::npos) return text;
  char mark = format[last];
  bool both = format.find(mark == '.' ? ',' : '.') != std::string::npos;
  // One sign alone is the point of a fraction, unless it is the comma between thousands.
  bool fraction = both || mark == '.';
  const char* grouping = fraction ? (mark == '.' ? "," : ".") : ",";
  text = sql.call("replace", {text, sql.string(grouping), sql.string("")});
  return fraction && mark == ',' ? sql.call("replace", {text, sql.string(","), sql.string(".")}) : text;
}

}  // namespace

std::vector<FileColumn> file_columns(const Source& source, const pipeline::SourceTable& table) {
  std::vector<FileColumn> columns;
  auto add = [&](Symbol name, sql::Type type) {
    auto same = [&](const FileColumn& other) { return other.name == name; };
    if (std::none_of(columns.begin(), columns.end(), same)) columns.push_back({name, type});
  };
  for (const SourceColumn& column : table.columns) add(in_file(column), type_in_file(source, column));
  for (Symbol name : source.dropped) add(name, TypeKind::String);
  return columns;
}

std::string file_pattern(const pipeline::Target& target, const Source& source) {
  if (source.path.starts_with('/') || source.path.find(":/") != std::string::npos) return source.path;
  std::string pattern = target.landing;
  while (pattern.ends_with('/')) pattern.pop_back();
  return fmt::format("{}/{}", pattern, source.path);
}

NodeId read_files(SqlBuilder& sql, const pipeline::Target& target, const Source& source,
                  const pipeline::SourceTable& table) {
  // The names that the specification has for what Spark calls otherwise.
  static constexpr std::pair<std::string_view, const char*> kOptions[] = {
      {"header", "header"},  {"delimiter", "sep"},     {"quote", "quote"},   {"escape", "escape"},
      {"null", "nullValue"}, {"encoding", "encoding"}, {"skip", "skipRows"}, {"multiline", "multiLine"}};
  SqlBuilder::Ids arguments{sql.string(file_pattern(target, source))};
  auto option = [&](const char* name, std::string_view value) {
    arguments.push_back(sql.tree().add(ast::NodeKind::NamedArg, {sql.string(value)}, Symbol::of(name)));
  };
  option("format", source.format.text());
  for (const auto& [name, spark] : kOptions) {
    auto found = source.format_options.find(std::string(name));
    if (found != source.format_options.end()) option(spark, found->second);
  }
  ast::Tree tree;
  SqlBuilder types(tree);
  SqlBuilder::Ids fields;
  for (const FileColumn& column : file_columns(source, table)) {
    fields.push_back(types.table_column(column.name, type_node(types, column.type)));
  }
  option("schema", printed(tree, types.ddl("{}", types.list(fields)), nullptr));
  option("mode", "PERMISSIVE");
  option("rescuedDataColumn", "_rescued");
  return sql.table_function("read_files", arguments);
}

NodeId read_value(Statement& s, print::Rewrites& rewrites, const Source& source, const SourceColumn& column) {
  SqlBuilder& sql = s.sql;
  sql::Type type = column.column.type;
  NodeId text = text_of_column(s, rewrites, source, column);
  if (column.format.empty()) {
    sql::Type given = column.expression && column.bound ? column.bound->type : type_in_file(source, column);
    return given == type ? text : sql.try_cast(text, type_node(sql, type));
  }
  if (!type.is_datetime()) return sql.try_cast(plain_number(sql, text, column.format), type_node(sql, type));
  NodeId time = sql.call("try_to_timestamp", {text, sql.string(column.format)});
  return type.is(TypeKind::Timestamp) ? time : sql.cast(time, type_node(sql, type));
}

std::vector<std::pair<NodeId, NodeId>> value_problems(Statement& s, print::Rewrites& rewrites, const Source& source,
                                                      const SourceColumn& column) {
  SqlBuilder& sql = s.sql;
  std::vector<std::pair<NodeId, NodeId>> problems;
  std::string_view name = column.column.name.text();
  auto value = [&] { return sql.column("_read", column.column.name); };
  sql::Type given = column.expression && column.bound ? column.bound->type : type_in_file(source, column);
  if (!column.format.empty() || !(given == column.column.type)) {
    NodeId text = text_of_column(s, rewrites, source, column);
    problems.emplace_back(sql.and_all({sql.is_not_null(text), sql.is_null(value())}),
                          sql.string(fmt::format("{}: no {}", name, column.column.type.text())));
  }
  if (!column.column.nullable)
    problems.emplace_back(sql.is_null(value()), sql.string(fmt::format("{}: nothing", name)));
  return problems;
}

}  // namespace pipec::backend::databricks
