#include "databricks/cdc_declared.h"

#include <functional>

#include "databricks/decode.h"
#include "databricks/types.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::SourceColumn;

namespace {

using Text = std::function<NodeId()>;

/// As the connector would have sent it: `text` is what from_json makes of that where it reads a map of texts.
NodeId as_landed(SqlBuilder& sql, const SourceColumn& column, const Text& text) {
  const std::string_view landed = column.mapping.landed;
  if (landed == "string") return text();
  if (landed.starts_with("array")) return sql.call("from_json", {text(), sql.string(landed)});
  return sql.try_cast(text(), landed_type_node(sql, landed));
}

/// The column's value, or NULL.
NodeId value_of(SqlBuilder& sql, const SourceColumn& column, const Text& text) {
  auto landed = [&] { return as_landed(sql, column, text); };
  NodeId value = decoded(sql, column.mapping, column.timezone, landed);
  NodeId unavailable = is_unavailable(sql, column.mapping, landed());
  return unavailable ? sql.case_when({{unavailable, sql.null()}}, value) : value;
}

class Filling {
 public:
  Filling(SqlBuilder& sql, const Capture& capture) : sql_(sql) {
    for (const SourceColumn& column : capture.table->columns) {
      declared_.push_back(sql.string(column.column.name));
      if (!capture.is_key(column.column.name)) columns_.push_back(&column);
    }
  }

  NodeId update(const Path& log) {
    SqlBuilder::Ids values, names;
    for (const SourceColumn* column : columns_) {
      Symbol name = column->column.name;
      auto text = [&] { return sql_.call("try_element_at", {kept(), sql_.string(name)}); };
      values.push_back(sql_.assign(name, sql_.call("coalesce", {sql_.column(name), value_of(sql_, *column, text)})));
      names.push_back(sql_.string(name));
    }
    values.push_back(sql_.assign("_rescued", still_aside()));
    NodeId any = sql_.call("arrays_overlap", {sql_.call("map_keys", {kept()}), sql_.call("array", names)});
    return sql_.update(sql_.table(log), values, any);
  }

 private:
  NodeId kept() { return sql_.call("from_json", {sql_.column("_rescued"), sql_.string("map<string, string>")}); }

  /// What nobody has declared yet, and what its column cannot hold.
  NodeId still_aside() {
    SqlBuilder::Ids any{sql_.not_(sql_.in_list(sql_.column("name"), declared_))};
    auto text = [&] { return sql_.column("value"); };
    for (const SourceColumn* column : columns_) {
      any.push_back(sql_.and_all({sql_.eq(sql_.column("name"), sql_.string(column->column.name)),
                                  sql_.is_not_null(text()), sql_.is_null(value_of(sql_, *column, text))}));
    }
    NodeId left = sql_.call("map_filter", {kept(), sql_.lambda({"name", "value"}, sql_.or_all(any))});
    return sql_.call("nullif", {sql_.call("to_json", {left}), sql_.string("{}")});
  }

  SqlBuilder& sql_;
  SqlBuilder::Ids declared_;
  std::vector<const SourceColumn*> columns_;  // those outside of the key
};

std::string fingerprint_of(const Capture& capture) {
  Hasher hasher;
  for (const SourceColumn& column : capture.table->columns) {
    hasher.add(column.column.name.text()).add(column.column.type.text()).add(column.mapping.landed);
    hasher.add(uint64_t(column.mapping.decode)).add(column.timezone);
  }
  return hasher.finish().hex();
}

}  // namespace

void fill_declared(const Capture& capture, const pipeline::Node& log, StepWriter& steps) {
  if (capture.payload().empty()) return;
  Ledger ledger(capture.names, steps, log.head.name, fingerprint_of(capture), {});
  ledger.for_each_rebuild("declared");
  steps.reads = {log.head.name};
  steps.writes = {log.head.name};
  steps.execute("declared.fill", [&](Statement& s) { return Filling(s.sql, capture).update(capture.names.rows(log)); });
  steps.reads.clear();
  ledger.record("declared.held", {});
  steps.end_loop();
}

}  // namespace pipec::backend::databricks
