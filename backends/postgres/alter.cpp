#include "postgres/alter.h"

#include <fmt/format.h>

#include "postgres/catalog.h"

namespace pipec::backend::postgres {

using ast::NodeId;
using ast::SqlBuilder;

namespace {

/// The views of all versions, also of those that are declared no longer, and the one below them behind them.
NodeId views(SqlBuilder& sql, const ExportNames& names) {
  const std::string versions = names.schema.contract + "_v";
  return sql.ddl(R"(
      select v.oid::regclass as view
      from pg_catalog.pg_class as v
      join pg_catalog.pg_namespace as n on n.oid = v.relnamespace
      where v.relkind = 'v' and v.relname = {}
        and (n.nspname = {} or starts_with(n.nspname, {}) and substr(n.nspname, {}) ~ '^[0-9]+$')
      order by n.nspname = {}, n.nspname
   )",
                 sql.string(names.name), sql.string(names.schema.contract), sql.string(versions),
                 sql.integer(static_cast<int64_t>(versions.size()) + 1), sql.string(names.schema.contract));
}

class Alter {
 public:
  Alter(SqlBuilder& sql, const Lowered& x) : sql_(sql), x_(x), names_(x.names) {}

  NodeId statement() {
    const NodeId body = sql_.ddl(
        "declare\n"
        "  held constant oid := {};\n"
        "  declared_key constant text[] := {};\n"
        "  found_key text[];\n"
        "  c record;\n"
        "  changes text[];\n"
        "  unset text[];\n"
        "  refused text[];\n"
        "  name_unset text;\n"
        "  views_fit boolean;\n"
        "  filled boolean;\n"
        "begin\n"
        "{}{}{}{}{}"
        "end",
        object(sql_, names_.table()), key(), compare_columns(), compare_key(), refuse(), apply(), require());
    return sql_.ddl("do {}", sql_.dollar_body(body));
  }

 private:
  NodeId key() {
    SqlBuilder::Ids names;
    for (Symbol name : names_.key) names.push_back(sql_.string(name));
    return names.empty() ? sql_.null() : sql_.ddl("array[{}]", sql_.list(names));
  }

  /// A column that is declared no longer stays, with what it holds, and asks nothing of new rows.
  NodeId compare_columns() {
    SqlBuilder::Ids rows;
    for (const pipeline::Column& column : x_.node.columns) {
      const CatalogType type = catalog_type(x_.e, column);
      rows.push_back(sql_.ddl("({}, to_regtype({})::oid, {}, {})", sql_.string(column.name), sql_.string(type.name),
                              sql_.integer(type.modifier), sql_.boolean(!column.nullable)));
    }
    return sql_.ddl(R"(  for c in
    select name, d.required, f.required as was_required, {} as widens,
      pg_catalog.format_type(d.type, d.modifier) as type, pg_catalog.format_type(f.type, f.modifier) as was
    from (values {}) as d(name, type, modifier, required)
    full join (
      select a.attname::text as name, a.atttypid as type, a.atttypmod as modifier, a.attnotnull as required
      from pg_catalog.pg_attribute as a
      where a.attrelid = held and a.attnum > 0 and not a.attisdropped
    ) as f using (name)
  loop
    if c.was is null then
      changes := changes || format('add column %I %s', c.name, c.type);
    elsif c.type <> c.was and not c.widens then
      refused := refused || format('%I is %s, declared is %s', c.name, c.was, c.type);
    elsif c.type <> c.was then
      changes := changes || format('alter column %I type %s', c.name, c.type);
    end if;
    if c.was_required and not coalesce(c.required, false) then
      changes := changes || format('alter column %I drop not null', c.name);
    elsif c.required and not coalesce(c.was_required, false) then
      unset := unset || c.name;
    end if;
  end loop;
)",
                    widens(), sql_.list(rows));
  }

  /// Every value of the type that was there is one of the declared type. Of a numeric the system keeps both numbers in one, with
  /// four added.
  NodeId widens() {
    return sql_.ddl(R"(case d.type
        when 'integer'::regtype then f.type = 'smallint'::regtype
        when 'bigint'::regtype then f.type in ('smallint'::regtype, 'integer'::regtype)
        when 'double precision'::regtype then f.type = 'real'::regtype
        when 'numeric'::regtype then f.type = 'numeric'::regtype and f.modifier >= 0
          and ((f.modifier - 4) & 65535) <= ((d.modifier - 4) & 65535)
          and ((f.modifier - 4) >> 16) - ((f.modifier - 4) & 65535) <= ((d.modifier - 4) >> 16) - ((d.modifier - 4) & 65535)
        else false
      end)");
  }

  NodeId compare_key() {
    return sql_.ddl(R"(  select array_agg(a.attname::text order by k.place) into found_key
  from pg_catalog.pg_constraint as p
  cross join lateral unnest(p.conkey) with ordinality as k(number, place)
  join pg_catalog.pg_attribute as a on a.attrelid = p.conrelid and a.attnum = k.number
  where p.conrelid = held and p.contype = 'p';
  if found_key is distinct from declared_key then
    refused := refused || format('its key is (%s), declared is (%s)',
      array_to_string(found_key, ', '), array_to_string(declared_key, ', '));
  end if;
)");
  }

  NodeId refuse() {
    const std::string hint = fmt::format(
        "export it under another name and drop this one when nobody reads it any more; or drop the view {} and the "
        "table "
        "{}.{}, deploy and run: until then readers have nothing",
        names_.target, names_.schema.data, names_.name);
    return sql_.ddl(R"(  if refused is not null then
    raise exception using errcode = 'invalid_table_definition', hint = {},
      message = format('%s cannot change in its place: %s', {}::text, array_to_string(refused, '; '));
  end if;
)",
                    sql_.string(hint), sql_.string(names_.target));
  }

  /// A view takes new columns at its end and nothing else, and keeps the types below it as they are: any other change makes the
  /// views anew, those of all versions with them.
  NodeId apply() {
    SqlBuilder::Ids rows;
    auto view = [&](const SqlBuilder::Texts& path, const std::vector<Symbol>& columns) {
      int64_t place = 0;
      for (Symbol name : columns) {
        for (const pipeline::Column& column : x_.node.columns) {
          if (column.name != name) continue;
          const CatalogType type = catalog_type(x_.e, column);
          rows.push_back(sql_.ddl("({}, {}, {}, to_regtype({})::oid, {})", object(sql_, path), sql_.integer(++place),
                                  sql_.string(name), sql_.string(type.name), sql_.integer(type.modifier)));
        }
      }
    };
    view(names_.view(), names_.columns);
    for (const pipeline::ExportVersion& version : x_.e.versions) view(names_.view_of(version), version.columns);
    return sql_.ddl(R"(  with d(view, place, name, type, modifier) as (values {})
  select not exists (
    select from pg_catalog.pg_attribute as a
    where a.attrelid in (select d.view from d) and a.attnum > 0 and not exists (
      select from d
      where d.view = a.attrelid and d.place = a.attnum and d.name = a.attname::text and d.type = a.atttypid
        and d.modifier = a.atttypmod
    )
  ) into views_fit;
  if not views_fit then
    for c in {} loop
      execute format('drop view %s', c.view);
    end loop;
  end if;
  if changes is not null then
    execute format('alter table %s %s', held::regclass, array_to_string(changes, ', '));
  end if;
)",
                    sql_.list(rows), views(sql_, names_));
  }

  /// A new column is NULL until all rows have been loaded anew, and the deployment behind that finds no NULL.
  NodeId require() {
    return sql_.ddl(R"(  foreach name_unset in array coalesce(unset, array[]::text[]) loop
    execute format('select not exists (select from %s where %I is null)', held::regclass, name_unset) into filled;
    if filled then
      execute format('alter table %s alter column %I set not null', held::regclass, name_unset);
    end if;
  end loop;
)");
  }

  SqlBuilder& sql_;
  const Lowered& x_;
  const ExportNames& names_;
};

}  // namespace

/// Of a view alone: LOCK would take the table with it. Who waits for a reader lets everybody behind him wait.
NodeId lock_views(SqlBuilder& sql, const Lowered& x) {
  const std::string message =
      fmt::format("somebody has been reading {} for 3 s: nothing was changed, deploy again behind that transaction",
                  x.names.target);
  return sql.ddl("do {}", sql.dollar_body(sql.ddl(R"(declare
  c record;
begin
  perform set_config('lock_timeout', '3s', true);
  for c in {} loop
    execute format('alter view %s owner to %I', c.view, {}::text);
  end loop;
  if {} is not null then
    execute format('lock table %s in access exclusive mode', {});
  end if;
exception when lock_not_available then
  raise exception using errcode = 'lock_not_available', message = {};
end)",
                                                  views(sql, x.names), sql.string(x.names.schema.owner),
                                                  object(sql, x.names.table()), object(sql, x.names.table()),
                                                  sql.string(message))));
}

NodeId alter_table(SqlBuilder& sql, const Lowered& x) {
  return Alter(sql, x).statement();
}

}  // namespace pipec::backend::postgres
