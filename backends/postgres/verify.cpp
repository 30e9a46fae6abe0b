// What somebody changed by hand: queries that give a row a difference, of an object that is gone or another one, of a
// column, of the primary key. They look at the system's catalogue alone, so that a missing table is a row and no error.
#include <algorithm>

#include <fmt/format.h>

#include "postgres/catalog.h"
#include "postgres/lower.h"

namespace pipec::backend::postgres {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::Phase;
using pipeline::StepKind;

namespace {

/// The column's type as the system spells it, whatever it is called in a statement.
NodeId declared_type(SqlBuilder& sql, const pipeline::Export& e, const pipeline::Column& column) {
  const CatalogType type = catalog_type(e, column);
  return sql.ddl("pg_catalog.format_type(to_regtype({})::oid, {})", sql.string(type.name), sql.integer(type.modifier));
}

class Verify {
 public:
  Verify(StepWriter& steps, const Lowered& x) : steps_(steps), x_(x) {}

  void run() {
    const SqlBuilder::Texts view = x_.names.view();
    // A generation of a swapped export has a number in its name; readers see the view in any case.
    const bool has_table = x_.e.mode != pipeline::ExportMode::Swap;
    std::vector<std::pair<SqlBuilder::Texts, std::string_view>> objects;
    if (has_table) objects.emplace_back(x_.names.table(), "table");
    objects.emplace_back(view, "view");
    for (const pipeline::ExportVersion& version : x_.e.versions)
      objects.emplace_back(x_.names.view_of(version), "view");
    exists(objects);
    if (has_table) {
      columns("table", x_.names.table(), names(), true);
      primary_key();
    }
    columns("view", view, names(), false);
    for (const pipeline::ExportVersion& version : x_.e.versions)
      columns(fmt::format("version_{}", version.number), x_.names.view_of(version), version.columns, false);
  }

 private:
  const std::vector<Symbol>& names() const { return x_.names.columns; }

  void add(std::string id, const StepWriter::Build& build) {
    steps_.serving(Phase::Verify, StepKind::Execute, std::move(id), build);
  }

  void exists(const std::vector<std::pair<SqlBuilder::Texts, std::string_view>>& objects) {
    add("objects", [&](SqlBuilder& sql) {
      SqlBuilder::Ids rows;
      for (const auto& [path, kind] : objects)
        rows.push_back(sql.ddl("({}, {}, {})", sql.string(quoted(path)), sql.string(kind), object(sql, path)));
      return sql.ddl(R"(select d.name as object, d.kind as declared, f.kind as found
from (values {}) as d(name, kind, oid)
left join lateral (
  select case c.relkind when 'r' then 'table' when 'v' then 'view' else 'something else' end as kind
  from pg_catalog.pg_class as c
  where c.oid = d.oid
) as f on true
where f.kind is distinct from d.kind)",
                     sql.list(rows));
    });
  }

  /// Of an object that is there.
  void columns(const std::string& id, const SqlBuilder::Texts& path, const std::vector<Symbol>& wanted,
               bool nullability) {
    add("columns_of_" + id, [&](SqlBuilder& sql) {
      SqlBuilder::Ids rows;
      for (const pipeline::Column& column : x_.node.columns) {
        if (std::find(wanted.begin(), wanted.end(), column.name) == wanted.end()) continue;
        const NodeId type = declared_type(sql, x_.e, column);
        const bool is_said = nullability && !column.nullable;
        rows.push_back(
            sql.ddl("({}, {})", sql.string(column.name), is_said ? sql.ddl("{} || ' not null'", type) : type));
      }
      const NodeId type = sql.ddl("pg_catalog.format_type(a.atttypid, a.atttypmod)");
      const NodeId found =
          nullability ? sql.ddl("{} || case when a.attnotnull then ' not null' else '' end", type) : type;
      return sql.ddl(R"(select {} as object, d.name as column, d.type as declared, f.type as found
from (values {}) as d(name, type)
left join lateral (
  select {} as type
  from pg_catalog.pg_attribute as a
  where a.attrelid = {} and a.attname = d.name and a.attnum > 0 and not a.attisdropped
) as f on true
where {} is not null and f.type is distinct from d.type)",
                     sql.string(quoted(path)), sql.list(rows), found, object(sql, path), object(sql, path));
    });
  }

  void primary_key() {
    if (x_.names.key.empty()) return;
    add("primary_key", [&](SqlBuilder& sql) {
      SqlBuilder::Ids names;
      for (Symbol name : x_.names.key) names.push_back(sql.string(name));
      return sql.ddl(R"(select {} as object, d.columns::text as declared, f.columns::text as found
from (select array[{}]::text[] as columns) as d
left join lateral (
  select array_agg(a.attname::text order by k.place) as columns
  from pg_catalog.pg_constraint as c
  cross join lateral unnest(c.conkey) with ordinality as k(number, place)
  join pg_catalog.pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.number
  where c.conrelid = {} and c.contype = 'p'
) as f on true
where {} is not null and f.columns is distinct from d.columns)",
                     sql.string(quoted(x_.names.table())), sql.list(names), object(sql, x_.names.table()),
                     object(sql, x_.names.table()));
    });
  }

  StepWriter& steps_;
  const Lowered& x_;
};

}  // namespace

void lower_verify(StepWriter& steps, const Lowered& x) {
  Verify(steps, x).run();
}

}  // namespace pipec::backend::postgres
