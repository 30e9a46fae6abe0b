#include "databricks/tables.h"

#include <algorithm>

#include <fmt/format.h>

#include "databricks/evolve.h"
#include "databricks/ledger.h"
#include "databricks/types.h"
#include "print/sql_printer.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::Column;

namespace {

constexpr const char* kTagsReason = "Spark knows no tags";
constexpr const char* kGrantReason = "Spark knows no grants";
constexpr const char* kKeyReason = "Delta outside of Unity Catalog knows no primary keys";

SqlBuilder::Ids table_columns(SqlBuilder& sql, const std::vector<Column>& columns) {
  SqlBuilder::Ids nodes;
  for (const Column& column : columns) {
    nodes.push_back(sql.table_column(column.name, type_node(sql, column.type), !column.nullable, column.description));
  }
  return nodes;
}

/// Columns as Delta counts them: each member of a struct is one.
size_t leaves(sql::Type type) {
  if (!type.is(sql::TypeKind::Struct)) return 1;
  size_t count = 0;
  for (const sql::StructFieldType& field : type.fields()) count += leaves(field.type);
  return count;
}

/// Delta clusters, and leaves files out, by columns with statistics alone, and keeps them of the first 32, unless it is told
/// of which: what to tell it, or nothing.
std::string columns_with_statistics(const Table& table) {
  constexpr size_t kFirst = 32;
  auto named = [](const std::vector<Symbol>& names, const Column& column) {
    return std::find(names.begin(), names.end(), column.name) != names.end();
  };
  std::string list;
  bool late = false;
  size_t at = 0;
  for (const Column& column : table.columns) {
    at += leaves(column.type);
    if (named(table.partition_by, column)) continue;
    if (!named(table.cluster_by, column) && !named(table.pruned_by, column)) continue;
    late |= at > kFirst;
    list += (list.empty() ? "" : ",") + print::print_identifier(column.name, print::kDatabricks);
  }
  return late ? list : std::string();
}

/// Parquet takes these in no name; Delta then gives the columns other ones in the files.
bool has_odd_name(Symbol name) {
  return name.text().find_first_of(" ,;{}()\n\t=") != std::string_view::npos;
}

bool has_odd_name(sql::Type type) {
  if (type.is(sql::TypeKind::Array)) return has_odd_name(type.element());
  if (type.is(sql::TypeKind::Map)) return has_odd_name(type.key()) || has_odd_name(type.value());
  if (!type.is(sql::TypeKind::Struct)) return false;
  return std::any_of(type.fields().begin(), type.fields().end(), [](const sql::StructFieldType& field) {
    return has_odd_name(field.name) || has_odd_name(field.type);
  });
}

/// Deletion vectors: a MERGE that finds nothing to change then writes no version. Row tracking: what a materialized view
/// needs of its inputs so as not to be built anew by each refresh. Type widening, timestampNtz: what a column may become.
NodeId properties(SqlBuilder& sql, const Table& table) {
  std::vector<std::pair<std::string, std::string>> list;
  bool odd = std::any_of(table.columns.begin(), table.columns.end(),
                         [](const Column& column) { return has_odd_name(column.name) || has_odd_name(column.type); });
  if (odd) list.emplace_back("delta.columnMapping.mode", "name");
  if (!table.feeds.empty()) list.emplace_back("delta.enableChangeDataFeed", "true");
  list.emplace_back("delta.enableDeletionVectors", "true");
  if (!table.feeds.empty()) list.emplace_back("delta.enableRowTracking", "true");
  if (table.follows) {
    list.emplace_back("delta.enableTypeWidening", "true");
    list.emplace_back("delta.feature.timestampNtz", "supported");
  }
  if (std::string columns = columns_with_statistics(table); !columns.empty()) {
    list.emplace_back("delta.dataSkippingStatsColumns", columns);
  }
  return properties_clause(sql, list);
}

/// A line a column; of a struct a line a member.
void add_types(SqlBuilder& sql, const std::string& name, sql::Type type, const std::function<NodeId()>& value,
               std::vector<NodeId>& lines) {
  if (type.is(sql::TypeKind::Struct)) {
    for (const sql::StructFieldType& field : type.fields()) {
      add_types(
          sql, fmt::format("{}.{}", name, field.name.text()), field.type,
          [&] { return sql.field(value(), field.name); }, lines);
    }
    return;
  }
  lines.push_back(
      sql.call("named_struct", {sql.string("column"), sql.string(name), sql.string("declared"), sql.string(type.text()),
                                sql.string("found"), sql.call("typeof", {value()})}));
}

/// Rows that were told apart by other columns would not be found again.
void verify_key(StepWriter& steps, const Names& names, const Table& table) {
  steps
      .verify("key",
              [&](Statement& s) {
                SqlBuilder& sql = s.sql;
                NodeId newest = sql.call("max_by", {sql.column("fingerprint"), sql.column("recorded_at")});
                NodeId by = sql.call("regexp_extract", {newest, sql.string("(?s)^(.*):[0-9a-f]+$"), sql.integer(1)});
                NodeId held = sql.select({.items = {sql.item(by, "found")},
                                          .from = {sql.table(names.own(kLedger))},
                                          .where = sql.eq(sql.column("node"), sql.string(table.feeds))});
                NodeId declared = sql.string(key_mark(table.found_by));
                return sql.select({.items = {sql.item(sql.string("rows are told apart by"), "column"),
                                             sql.item(declared, "declared"), sql.column("found")},
                                   .from = {sql.query_ref(held, "held")},
                                   .where = sql.not_(sql.in_list(sql.column("found"), {sql.string(""), declared}))});
              })
      .kind = pipeline::StepKind::Gate;
}

}  // namespace

Column column(std::string_view name, sql::Type type, bool nullable, std::string_view description) {
  Column made;
  made.name = Symbol::of(name);
  made.type = type;
  made.nullable = nullable;
  made.description = description;
  return made;
}

std::vector<Symbol> column_names(const std::vector<Column>& columns) {
  std::vector<Symbol> names;
  for (const Column& column : columns) names.push_back(column.name);
  return names;
}

NodeId properties_clause(SqlBuilder& sql, const std::vector<std::pair<std::string, std::string>>& properties) {
  NodeId all;
  for (const auto& [key, value] : properties) {
    NodeId each = sql.ddl("{} = {}", sql.string(key), sql.string(value));
    all = all ? sql.ddl("{},\n  {}", all, each) : each;
  }
  return properties.size() == 1 ? sql.ddl("tblproperties ({})", all) : sql.ddl("tblproperties (\n  {}\n)", all);
}

void create_table(StepWriter& steps, const Names& names, const Table& table) {
  steps.migrate(table.id, [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    SqlBuilder::Create create;
    create.flags = table.anew ? ast::kOrReplace : ast::kIfNotExists;
    create.name = sql.qname(table.path);
    create.columns = table_columns(sql, table.columns);
    create.options.push_back(sql.ddl("using delta"));
    auto listed = [&](const std::vector<Symbol>& columns) {
      SqlBuilder::Ids ids;
      for (Symbol name : columns) ids.push_back(sql.name(name));
      return sql.list(ids);
    };
    if (!table.partition_by.empty()) {
      create.options.push_back(sql.ddl("partitioned by ({})", listed(table.partition_by)));
    } else if (!table.cluster_by.empty()) {
      create.options.push_back(sql.ddl("cluster by ({})", listed(table.cluster_by)));
    }
    if (!table.description.empty()) create.options.push_back(sql.ddl("comment {}", sql.string(table.description)));
    create.options.push_back(properties(sql, table));
    return sql.create_table(create);
  });
  if (table.follows) evolve_table(steps, names, table);
  const bool is_node = table.id == "table";
  // Before any row is in it.
  mask_columns(steps, names, is_node ? "" : table.id + ".", table.path, Masked::Table, table.columns);
  if (is_node) {
    if (!table.follows) verify_columns(steps, table.id, table.path, table.columns);
    if (!table.found_by.empty()) verify_key(steps, names, table);
    verify_masks(steps, names, table.path, table.columns);
  }
  if (table.primary_key.empty()) return;
  steps
      .migrate(
          "drop_primary_key",
          [&](Statement& s) { return s.sql.ddl("alter table {} drop primary key if exists", s.sql.qname(table.path)); })
      .platform_only = kKeyReason;
  steps
      .migrate("primary_key",
               [&](Statement& s) {
                 SqlBuilder::Ids names;
                 for (Symbol name : table.primary_key) names.push_back(s.sql.name(name));
                 return s.sql.ddl("alter table {} add primary key ({})", s.sql.qname(table.path), s.sql.list(names));
               })
      .platform_only = kKeyReason;
}

pipeline::Step& verify_columns(StepWriter& steps, std::string id, const Path& path,
                               const std::vector<Column>& columns) {
  return steps.verify(std::move(id), [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    // A join that finds nothing knows the types all the same, and reads no file.
    NodeId one = sql.values_ref({{sql.integer(1)}}, "one", {"x"});
    NodeId from = sql.join(ast::JoinKind::Left, one, sql.table(path, "t"), sql.boolean(false));
    std::vector<NodeId> found;
    for (const Column& column : columns) {
      add_types(sql, std::string(column.name.text()), column.type, [&] { return sql.column("t", column.name); }, found);
    }
    NodeId each = sql.item(sql.call("inline", {sql.call("array", found)}));
    NodeId rows = sql.select({.items = {each}, .from = {from}});
    return sql.select({.items = {sql.star()},
                       .from = {sql.query_ref(rows, "columns")},
                       .where = sql.differs(sql.column("declared"), sql.column("found"))});
  });
}

void set_tags(StepWriter& steps, const Path& path, bool is_view, const std::vector<Symbol>& tags,
              const std::vector<Column>& columns) {
  if (!tags.empty()) {
    steps
        .migrate("tags",
                 [&](Statement& s) {
                   SqlBuilder::Ids pairs;
                   for (Symbol tag : tags) pairs.push_back(s.sql.ddl("{} = ''", s.sql.string(tag)));
                   NodeId list = s.sql.list(pairs);
                   return is_view ? s.sql.ddl("alter view {} set tags ({})", s.sql.qname(path), list)
                                  : s.sql.ddl("alter table {} set tags ({})", s.sql.qname(path), list);
                 })
        .platform_only = kTagsReason;
  }
  if (is_view) return;
  for (const Column& column : columns) {
    if (column.pii.empty()) continue;
    std::string classes;
    for (Symbol pii : column.pii) classes += (classes.empty() ? "" : ",") + std::string(pii.text());
    steps
        .migrate("tags." + std::string(column.name.text()),
                 [&](Statement& s) {
                   return s.sql.ddl("alter table {} alter column {} set tags ('pii' = {})", s.sql.qname(path),
                                    s.sql.name(column.name), s.sql.string(classes));
                 })
        .platform_only = kTagsReason;
  }
}

void grant(StepWriter& steps, const Path& path, bool is_view, const std::vector<pipeline::Grant>& grants) {
  size_t number = 0;
  for (const pipeline::Grant& grant : grants) {
    for (Symbol role : grant.roles) {
      steps
          .migrate(fmt::format("grant_{}", ++number),
                   [&](Statement& s) {
                     SqlBuilder::Ids privileges;
                     for (Symbol privilege : grant.privileges) {
                       privileges.push_back(privilege.text() == "all"      ? s.sql.ddl("all privileges")
                                            : privilege.text() == "modify" ? s.sql.ddl("modify")
                                                                           : s.sql.ddl("select"));
                     }
                     NodeId list = s.sql.list(privileges), to = s.sql.name(role);
                     return is_view ? s.sql.ddl("grant {} on view {} to {}", list, s.sql.qname(path), to)
                                    : s.sql.ddl("grant {} on table {} to {}", list, s.sql.qname(path), to);
                   })
          .platform_only = kGrantReason;
    }
  }
}

void create_view(StepWriter& steps, const Path& path, const std::vector<Column>& columns,
                 const std::string& description, const StepWriter::Build& query, std::string platform_only) {
  steps
      .migrate("view",
               [&](Statement& s) {
                 SqlBuilder::Create create;
                 create.flags = ast::kOrReplace;
                 create.name = s.sql.qname(path);
                 for (const Column& column : columns) {
                   create.columns.push_back(s.sql.table_column(column.name, {}, false, column.description));
                 }
                 if (!description.empty()) create.options.push_back(s.sql.ddl("comment {}", s.sql.string(description)));
                 create.query = query(s);
                 return s.sql.create_view(create);
               })
      .platform_only = platform_only;
  verify_columns(steps, "view", path, columns);
}

}  // namespace pipec::backend::databricks
