#include "databricks/cdc_position.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;

namespace {

using Members = std::vector<std::pair<std::string_view, std::string_view>>;

/// Positions in SQL Server's log are texts of one width, which compare as the positions do.
constexpr std::string_view kLsn = "^[0-9a-f]{8}:[0-9a-f]{8}:[0-9a-f]{4}$";
/// Rows of one event of MySQL's log are numbered: room for them behind the event's place in its file.
constexpr int64_t kRowsOfEvent = 16777216;

bool is(Symbol kind, std::string_view name) {
  return kind.text() == name;
}

NodeId lsn(SqlBuilder& sql, const char* name) {
  NodeId right = sql.call("rlike", {sql.column(name), sql.string(kLsn)});
  return sql.case_when({{right, sql.column(name)}});
}

/// "mysql-bin.000012" -> 12: as a text the thousandth file of a thousand would stand before the second.
NodeId file_number(SqlBuilder& sql) {
  NodeId digits = sql.call("regexp_extract", {sql.column("log_file"), sql.string("[.]([0-9]+)$"), sql.integer(1)});
  return sql.try_cast(digits, sql.type("bigint"));
}

/// PostgreSQL: the position of the last commit before the event's own transaction.
NodeId last_commit(SqlBuilder& sql) {
  return sql.try_cast(sql.call("get", {sql.column("sequence"), sql.integer(0)}), sql.type("bigint"));
}

}  // namespace

const Members& source_members(Symbol source_kind) {
  static const Members kPostgres = {
      {"schema", "string"}, {"table", "string"}, {"lsn", "bigint"}, {"sequence", "string"}, {"ts_us", "bigint"}};
  static const Members kSqlServer = {{"db", "string"},         {"schema", "string"},     {"table", "string"},
                                     {"commit_lsn", "string"}, {"change_lsn", "string"}, {"event_serial_no", "bigint"},
                                     {"ts_us", "bigint"}};
  static const Members kMySql = {{"db", "string"},  {"table", "string"}, {"file", "string"},
                                 {"pos", "bigint"}, {"row", "bigint"},   {"ts_us", "bigint"}};
  return is(source_kind, "sqlserver") ? kSqlServer : is(source_kind, "mysql") ? kMySql : kPostgres;
}

NodeId is_of_table(SqlBuilder& sql, const Capture& capture, const std::function<NodeId(std::string_view)>& of) {
  SqlBuilder::Ids equal;
  bool mysql = is(capture.source->kind, "mysql");
  if (is(capture.source->kind, "sqlserver")) equal.push_back(sql.eq(of("db"), sql.string(capture.source->database)));
  equal.push_back(sql.eq(of(mysql ? "db" : "schema"), sql.string(capture.table->schema)));
  equal.push_back(sql.eq(of("table"), sql.string(capture.table->name)));
  return sql.and_all(equal);
}

SqlBuilder::Ids position_parts(SqlBuilder& sql, Symbol source_kind, const std::function<NodeId(std::string_view)>& of) {
  if (is(source_kind, "sqlserver")) {
    return {sql.item(of("commit_lsn"), "commit_lsn"), sql.item(of("change_lsn"), "change_lsn"),
            sql.item(of("event_serial_no"), "event_serial_no")};
  }
  if (is(source_kind, "mysql")) {
    return {sql.item(of("file"), "log_file"), sql.item(of("pos"), "log_place"), sql.item(of("row"), "log_row")};
  }
  NodeId sequence = sql.call("from_json", {of("sequence"), sql.string("array<string>")});
  return {sql.item(of("lsn"), "lsn"), sql.item(sequence, "sequence")};
}

NodeId first_position(SqlBuilder& sql, Symbol source_kind) {
  if (is(source_kind, "sqlserver")) return lsn(sql, "commit_lsn");
  if (is(source_kind, "mysql")) return file_number(sql);
  return sql.call("greatest", {last_commit(sql), sql.column("lsn")});  // of what is not NULL
}

NodeId commit_before(SqlBuilder& sql) {
  // None that the connector knows of: any.
  return sql.call("coalesce", {last_commit(sql), sql.integer(0)});
}

NodeId second_position(SqlBuilder& sql, Symbol source_kind) {
  if (is(source_kind, "sqlserver")) {
    // A row of a snapshot has the position of the last commit before it, and none in that commit.
    NodeId number = sql.call(
        "lpad", {sql.cast(sql.column("event_serial_no"), sql.type("string")), sql.integer(10), sql.string("0")});
    NodeId change = sql.call("concat", {lsn(sql, "change_lsn"), sql.string(":"), number});
    return sql.case_when({{sql.is_null(sql.column("change_lsn")), sql.string("")}}, change);
  }
  if (is(source_kind, "mysql")) {
    NodeId place = sql.binary(ast::BinaryOp::Multiply, sql.column("log_place"), sql.integer(kRowsOfEvent));
    return sql.binary(ast::BinaryOp::Add, place, sql.call("coalesce", {sql.column("log_row"), sql.integer(0)}));
  }
  // A row of an incremental snapshot has the last commit before it alone: what is written behind it stands after it there.
  NodeId of_read = sql.case_when({{sql.eq(sql.column("op"), sql.string("r")), sql.integer(0)}});
  return sql.call("coalesce", {sql.column("lsn"), of_read});
}

}  // namespace pipec::backend::databricks
