#include "pipeline/whole_rows.h"

#include <algorithm>
#include <iterator>

namespace pipec::pipeline {
namespace {

/// PostgreSQL may keep a long value beside its row (TOAST). If such a value does not change, an update under
/// the default replica identity does not say it, and a placeholder lands in its place.
bool may_lie_beside_the_row(const SourceColumn& column) {
  static constexpr std::string_view kShort[] = {"cidr", "inet", "interval", "macaddr", "name", "uuid"};
  const sql::Type type = column.mapping.delta;
  if (type.is(sql::TypeKind::Array) || type.is(sql::TypeKind::Binary)) return true;
  return type.is(sql::TypeKind::String) &&
         std::find(std::begin(kShort), std::end(kShort), column.native.name) == std::end(kShort);
}

}  // namespace

bool has_own_key(const Cdc& cdc, const SourceTable& table) {
  return !std::equal(cdc.key.begin(), cdc.key.end(), table.primary_key.begin(), table.primary_key.end(),
                     [](Symbol x, Symbol y) { return x.folded() == y.folded(); });
}

// A history closes versions by the row as it was; a key that is not the primary key is not in a delete otherwise.
bool sends_whole_rows(const Cdc& cdc, const SourceTable& table) {
  return cdc.history.has_value() || has_own_key(cdc, table) ||
         std::any_of(table.columns.begin(), table.columns.end(), may_lie_beside_the_row);
}

bool knows_late_keys(const Cdc& cdc, const SourceTable& table) {
  return sends_whole_rows(cdc, table) && (!cdc.log_retention || cdc.history);
}

}  // namespace pipec::pipeline
