#include "pipeline/cdc_columns.h"

#include <algorithm>
#include <string>

namespace pipec::pipeline {
namespace {

using sql::Type;
using sql::TypeKind;

Column meta(std::string_view name, Type type, bool nullable, std::string_view description) {
  Column column;
  column.name = Symbol::of(name);
  column.type = type;
  column.nullable = nullable;
  column.description = description;
  return column;
}

std::vector<Column> source_columns(const SourceTable& table) {
  std::vector<Column> columns;
  columns.reserve(table.columns.size() + 8);
  for (const SourceColumn& source : table.columns) columns.push_back(source.column);
  return columns;
}

std::string_view before_note(std::string_view kind) {
  if (kind == "sqlserver")
    return "The row before the event. Long values (max, text, image, xml) may be left out of it.";
  if (kind == "mysql") return "The row before the event.";
  return "The row before the event, as the connector sent it: unless the source's replica identity is full, only the "
         "key in it is true.";
}

}  // namespace

sql::Type position_type(Symbol source_kind, std::string_view column) {
  return source_kind.text() == "sqlserver" && column != "_tie" ? TypeKind::String : TypeKind::BigInt;
}

// As the connectors do it: what a topic's name cannot hold becomes an underscore.
std::string landing_topic(const Source& source, const SourceTable& table) {
  std::string name(source.head.name.text());
  if (source.kind.text() == "sqlserver") name.append(".").append(source.database.text());
  name.append(".").append(table.schema.text()).append(".").append(table.name.text());
  for (char& c : name) {
    bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    if (!plain) c = '_';
  }
  return name;
}

bool is_key_column(const Cdc& cdc, Symbol column) {
  for (Symbol key : cdc.key)
    if (key.folded() == column.folded()) return true;
  return false;
}

std::vector<Column> cdc_current_columns(const Cdc& cdc, const SourceTable& table) {
  std::vector<Column> columns = source_columns(table);
  if (cdc.deletes == Deletes::Soft) {
    columns.push_back(meta("_deleted", TypeKind::Boolean, false, "The source no longer has the row."));
    columns.push_back(meta("_deleted_at", TypeKind::Timestamp, true, "When the source deleted it."));
  }
  return columns;
}

std::vector<Column> cdc_log_columns(const Cdc& cdc, const SourceTable& table) {
  std::vector<Column> columns = source_columns(table);
  std::vector<sql::StructFieldType> before;
  for (Column& column : columns) {
    before.push_back({column.name, column.type, true});
    // A delete says nothing but the key.
    column.nullable = !is_key_column(cdc, column.name);
  }
  columns.push_back(meta("_before", Type::structure(std::move(before)), true, before_note(cdc.source_kind.text())));
  columns.back().pii = {};
  for (const SourceColumn& source : table.columns)
    for (Symbol pii : source.column.pii) {
      auto& known = columns.back().pii;
      if (std::find(known.begin(), known.end(), pii) == known.end()) known.push_back(pii);
    }
  const std::vector<Symbol> before_pii = columns.back().pii;
  columns.push_back(
      meta("_op", TypeKind::String, false,
           "c: inserted, u: updated, d: deleted, r: there, as a snapshot has read it or a transaction left it."));
  columns.push_back(meta("_source_ts", TypeKind::Timestamp, false, "When the source committed it."));
  columns.push_back(meta("_date", TypeKind::Date, false, "The day of that in UTC, by which the log is partitioned."));
  auto position = [&](std::string_view name, std::string_view description) {
    columns.push_back(meta(name, position_type(cdc.source_kind, name), false, description));
  };
  position("_seq", "Position in the source's log: first part.");
  position("_ord", "Position in the source's log: second part.");
  columns.push_back(meta("_tie", TypeKind::BigInt, false, "Hash of the event: decides between equal positions."));
  if (cdc.rescues()) {
    columns.push_back(meta("_rescued", TypeKind::String, true, "What fits no column, as JSON: names with texts."));
    columns.back().pii = before_pii;  // nobody knows what it is
  }
  columns.push_back(meta("_file", TypeKind::String, false, "The landed file that it came in."));
  return columns;
}

std::vector<Column> cdc_history_columns(const Cdc&, const SourceTable& table) {
  std::vector<Column> columns = source_columns(table);
  columns.push_back(meta("valid_from", TypeKind::Timestamp, false, "Since when the version is true."));
  columns.push_back(meta("valid_to", TypeKind::Timestamp, true, "Until when it was true, exclusive."));
  columns.push_back(meta("is_current", TypeKind::Boolean, false, "The version is true now."));
  columns.push_back(meta("is_deleted", TypeKind::Boolean, false, "The version ended because the row was deleted."));
  return columns;
}

}  // namespace pipec::pipeline
