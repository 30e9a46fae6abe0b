#include "databricks/masks.h"

#include <algorithm>

#include <fmt/format.h>

#include "databricks/types.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::Column;
using sql::TypeKind;

namespace {

constexpr const char* kPolicyReason = "Spark knows no policies";
constexpr const char* kTagsReason = "Spark knows no tags";
constexpr const char* kGroupsReason = "Spark knows no groups";

/// A governed tag of the account, which only policies look at: `pii` says what a column holds and is free to be anything.
constexpr std::string_view kTag = "pipec_mask";

/// The platform casts what a mask takes and gives: two functions do for every type.
struct Mask {
  std::string_view value;  // of the tag
  std::string_view function;
};
constexpr Mask kText = {"text", "mask_text"};
constexpr Mask kOther = {"other", "mask_other"};

const Mask& mask_of(const Column& column) {
  const bool text =
      column.type.is(TypeKind::String) || column.type.is(TypeKind::Char) || column.type.is(TypeKind::Varchar);
  return text ? kText : kOther;
}

void create_function(StepWriter& steps, const Names& names, const Mask& mask, bool text) {
  steps.migrate(std::string(mask.function), [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    NodeId type = text ? sql.type("string") : sql.type("variant");
    NodeId value = text ? sql.string("***") : sql.cast(sql.null(), sql.type("variant"));
    return sql.ddl("create or replace function {}(value {}) returns {} return {}", sql.qname(names.own(mask.function)),
                   type, type, value);
  });
}

NodeId object_of(SqlBuilder& sql, Masked kind, const Path& path) {
  NodeId name = sql.qname(path);
  switch (kind) {
    case Masked::MaterializedView:
      return sql.ddl("materialized view {}", name);
    case Masked::StreamingTable:
      return sql.ddl("streaming table {}", name);
    case Masked::Table:
      break;
  }
  return sql.ddl("table {}", name);
}

/// Unity Catalog keeps names of schemas and tables in small letters.
std::string folded(const ast::Text& name) {
  return std::string(name.symbol.folded().text());
}

}  // namespace

bool is_personal(const std::vector<Column>& columns) {
  return std::any_of(columns.begin(), columns.end(), [](const Column& column) { return !column.pii.empty(); });
}

Column with_pii_of(Column column, const std::vector<Column>& columns) {
  for (const Column& other : columns) {
    for (Symbol pii : other.pii) {
      if (std::find(column.pii.begin(), column.pii.end(), pii) == column.pii.end()) column.pii.push_back(pii);
    }
  }
  return column;
}

void create_masks(StepWriter& steps, const Names& names, const std::set<std::string>& schemas) {
  if (names.pii_readers().empty()) return;
  create_function(steps, names, kText, true);
  create_function(steps, names, kOther, false);
  for (const std::string& schema : schemas) {
    for (const Mask& mask : {kText, kOther}) {
      steps
          .migrate(fmt::format("mask.{}.{}", schema, mask.value),
                   [&](Statement& s) {
                     SqlBuilder& sql = s.sql;
                     return sql.ddl(
                         "create or replace policy {} on schema {}\ncolumn mask {}\nto {} except {}\nfor tables\n"
                         "match columns has_tag_value({}, {}) as personal\non column personal",
                         sql.name(fmt::format("{}_{}", kTag, mask.value)), sql.qname(names.schema(schema)),
                         sql.qname(names.own(mask.function)), sql.name("account users"), sql.name(names.pii_readers()),
                         sql.string(kTag), sql.string(mask.value));
                   })
          .platform_only = kPolicyReason;
    }
  }
}

void mask_columns(StepWriter& steps, const Names& names, const std::string& prefix, const Path& path, Masked kind,
                  const std::vector<Column>& columns) {
  if (names.pii_readers().empty()) return;
  for (const Column& column : columns) {
    if (column.pii.empty()) continue;
    steps
        .migrate(fmt::format("{}mask.{}", prefix, column.name.text()),
                 [&](Statement& s) {
                   SqlBuilder& sql = s.sql;
                   return sql.ddl("alter {} alter column {} set tags ({} = {})", object_of(sql, kind, path),
                                  sql.name(column.name), sql.string(kTag), sql.string(mask_of(column).value));
                 })
        .platform_only = kTagsReason;
  }
}

void verify_masks(StepWriter& steps, const Names& names, const Path& path, const std::vector<Column>& columns) {
  if (names.pii_readers().empty()) return;
  steps
      .verify(
          "masks",
          [&](Statement& s) {
            SqlBuilder& sql = s.sql;
            Path tags(path.begin(), path.end() - 2);
            tags.push_back("information_schema");
            tags.push_back("column_tags");
            NodeId where = sql.and_all({sql.eq(sql.column("schema_name"), sql.string(folded(path[path.size() - 2]))),
                                        sql.eq(sql.column("table_name"), sql.string(folded(path.back()))),
                                        sql.eq(sql.column("tag_name"), sql.string(kTag))});
            NodeId name = sql.call("lower", {sql.column("column_name")});
            NodeId there = sql.select({.items = {sql.item(name, "column"), sql.item(sql.column("tag_value"), "mask")},
                                       .from = {sql.table(tags)},
                                       .where = where});
            NodeId found = sql.query_ref(there, "found");
            std::vector<SqlBuilder::Ids> rows;
            for (const Column& column : columns) {
              if (column.pii.empty()) continue;
              rows.push_back({sql.string(column.name.folded()), sql.string(mask_of(column).value)});
            }
            if (rows.empty()) {
              return sql.select({.items = {sql.item(sql.column("found", "column"), "column"),
                                           sql.item(sql.column("found", "mask"), "found")},
                                 .from = {found}});
            }
            NodeId declared = sql.values_ref(rows, "declared", {"column", "mask"});
            NodeId from = sql.join(ast::JoinKind::Full, declared, found,
                                   sql.eq(sql.column("declared", "column"), sql.column("found", "column")));
            NodeId either = sql.call("coalesce", {sql.column("declared", "column"), sql.column("found", "column")});
            return sql.select(
                {.items = {sql.item(either, "column"), sql.item(sql.column("declared", "mask"), "declared"),
                           sql.item(sql.column("found", "mask"), "found")},
                 .from = {from},
                 .where = sql.is_distinct(sql.column("declared", "mask"), sql.column("found", "mask"))});
          })
      .platform_only = kTagsReason;
}

void require_reader(StepWriter& steps, const Names& names) {
  if (names.pii_readers().empty()) return;
  pipeline::Step& gate = steps.run(pipeline::StepKind::Gate, std::string(kReaderCheck), [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    NodeId member = sql.call("is_account_group_member", {sql.string(names.pii_readers())});
    NodeId failures = sql.case_when({{member, sql.integer(0)}}, sql.integer(1));
    return sql.select({.items = {sql.item(failures, "failures")}});
  });
  gate.check = std::string(kReaderCheck);
  gate.platform_only = kGroupsReason;
}

}  // namespace pipec::backend::databricks
