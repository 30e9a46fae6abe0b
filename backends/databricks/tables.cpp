#include "databricks/tables.h"

#include <fmt/format.h>

#include "databricks/types.h"

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

void create_table(StepWriter& steps, const Table& table) {
  steps.migrate(table.id, [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    SqlBuilder::Create create;
    create.flags = ast::kIfNotExists;
    create.name = sql.qname(table.path);
    create.columns = table_columns(sql, table.columns);
    create.options.push_back(sql.ddl("using delta"));
    auto names = [&](const std::vector<Symbol>& columns) {
      SqlBuilder::Ids ids;
      for (Symbol name : columns) ids.push_back(sql.name(name));
      return sql.list(ids);
    };
    if (!table.partition_by.empty()) {
      create.options.push_back(sql.ddl("partitioned by ({})", names(table.partition_by)));
    } else if (!table.cluster_by.empty()) {
      create.options.push_back(sql.ddl("cluster by ({})", names(table.cluster_by)));
    }
    if (!table.description.empty()) create.options.push_back(sql.ddl("comment {}", sql.string(table.description)));
    // Deletion vectors: a MERGE that finds nothing to change then writes no version.
    create.options.push_back(table.feeds ? sql.ddl("tblproperties ('delta.enableChangeDataFeed' = 'true', "
                                                   "'delta.enableDeletionVectors' = 'true')")
                                         : sql.ddl("tblproperties ('delta.enableDeletionVectors' = 'true')"));
    return sql.create_table(create);
  });
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
                 const std::string& description, const StepWriter::Build& query) {
  steps.migrate("view", [&](Statement& s) {
    SqlBuilder::Create create;
    create.flags = ast::kOrReplace;
    create.name = s.sql.qname(path);
    for (const Column& column : columns) {
      create.columns.push_back(s.sql.table_column(column.name, {}, false, column.description));
    }
    if (!description.empty()) create.options.push_back(s.sql.ddl("comment {}", s.sql.string(description)));
    create.query = query(s);
    return s.sql.create_view(create);
  });
}

}  // namespace pipec::backend::databricks
