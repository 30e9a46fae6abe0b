// SQL Server keeps changes in tables of its own, one or two a captured table ("capture instances"), which a job fills
// from the log. A script is one batch: what is thrown ends it. No statement is compiled before it is reached, so those
// on tables of the schema cdc stand behind what makes them.
#include <fmt/format.h>

#include "kafka_connect/script.h"
#include "kafka_connect/source_sql.h"

namespace pipec::backend::kafka_connect {
namespace {

using ast::NodeId;

class Script : ScriptBase {
 public:
  explicit Script(const Capture& capture) : ScriptBase(capture, print::kSqlServer) {}

  std::string setup();
  std::string old();
  std::string undo();

 private:
  NodeId text(std::string_view value) { return sql_.string(value); }
  NodeId role() { return sql_.name(capture_.role); }
  NodeId reader() { return sql_.name(capture_.reader); }
  NodeId object(const CapturedTable& captured) {
    return sql_.ddl("object_id({}, N'U')", text(print(table(captured), false)));
  }
  NodeId signal_object() { return sql_.ddl("object_id({}, N'U')", text(print(signal_table(), false))); }
  /// Names of the declared columns, as strings or as one string of quoted names.
  NodeId column_texts(const CapturedTable& captured);
  NodeId column_list(const CapturedTable& captured);
  std::string title(const CapturedTable& captured);

  void begin(std::string_view what);
  void refuse(NodeId condition, std::string_view message) {
    add(sql_.ddl("if {}\nbegin\n  throw 50000, {}, 1;\nend", condition, text(message)));
  }
  void check_database();
  void check_table(const CapturedTable& captured);
  void enable();
  void enable(const CapturedTable& captured);
  void enable_signals();
  void enable(NodeId source, std::string_view schema, std::string_view name, const std::string& instance,
              NodeId columns);
  void retain();
  void grant();
  void disable(NodeId which);
};

NodeId Script::column_texts(const CapturedTable& captured) {
  std::vector<NodeId> names;
  for (const auto& column : captured.table->columns) names.push_back(sql_.string(column.column.name));
  return listed(names);
}

NodeId Script::column_list(const CapturedTable& captured) {
  std::vector<NodeId> names;
  for (const auto& column : captured.table->columns) names.push_back(sql_.name(column.column.name));
  return text(print(listed(names), false));
}

std::string Script::title(const CapturedTable& captured) {
  return fmt::format("{}.{}", captured.table->schema.text(), captured.table->name.text());
}

void Script::begin(std::string_view what) {
  open(what);
  out_ += "-- sqlcmd -b -I: one batch, which ends at the first error.\n\nset nocount on;\nset xact_abort on;\n";
  std::string database(capture_.source->database.text());
  refuse(sql_.ddl("db_name() <> {}", text(database)), fmt::format("this is not the database {}", database));
  refuse(sql_.ddl("databasepropertyex(db_name(), N'Updateability') <> N'READ_WRITE'"),
         "this copy of the database takes no writes: run this on the primary");
}

// Nothing is begun that cannot be finished: what somebody has to do first is said in words.
void Script::check_database() {
  refuse(sql_.ddl("database_principal_id({}) is null", text(capture_.role)),
         fmt::format("there is no user {} in this database: create it first (CREATE USER ... FOR LOGIN ...), users are "
                     "not made here",
                     capture_.role));
  for (const CapturedTable& captured : capture_.tables) check_table(captured);
}

void Script::check_table(const CapturedTable& captured) {
  refuse(sql_.ddl("{} is null", object(captured)), fmt::format("there is no table {}", title(captured)));
  refuse(sql_.ddl("exists (select 1 from sys.columns where object_id = {} and is_computed = 1 and name in ({}))",
                  object(captured), column_texts(captured)),
         fmt::format("a declared column of {} is computed, and its changes are captured as NULL: take it out of the "
                     "source and compute it in a model",
                     title(captured)));
}

void Script::enable() {
  add(sql_.ddl(
      "if exists (select 1 from sys.databases where database_id = db_id() and is_cdc_enabled = 0)\nbegin\n  exec "
      "sys.sp_cdc_enable_db;\nend"));
  // Rows of a snapshot are as they were at one moment, and no table is locked for it.
  if (!capture_.source->replica) {
    add(
        sql_.ddl("if exists (select 1 from sys.databases where database_id = db_id() and snapshot_isolation_state = "
                 "0)\nbegin\n  "
                 "alter database current set allow_snapshot_isolation on;\nend"));
  }
  add(sql_.ddl("if database_principal_id({}) is null\nbegin\n  create role {};\nend", text(capture_.reader), reader()));
  for (const CapturedTable& captured : capture_.tables) enable(captured);
  if (has_signals()) enable_signals();
}

// As the connector wants it: three columns in this order, and captured like any other table.
void Script::enable_signals() {
  add(sql_.ddl(R"(if {} is null
begin
  create table {} (
    id varchar(42) not null primary key,
    type varchar(32) not null,
    data varchar(2048)
  );
end)",
               signal_object(), signal_table()));
  enable(signal_object(), capture_.signal_table[0], capture_.signal_table[1], capture_.signal_instance,
         text("id, type, data"));
}

// A table has two instances at most: one for the columns of today and, until the connector has gone on, one for those
// of yesterday.
void Script::enable(const CapturedTable& captured) {
  enable(object(captured), captured.table->schema.text(), captured.table->name.text(), captured.instance,
         column_list(captured));
}

void Script::enable(NodeId source, std::string_view schema, std::string_view name, const std::string& instance,
                    NodeId columns) {
  add(sql_.ddl(
      R"(if not exists (select 1 from cdc.change_tables where capture_instance = {})
begin
  if (select count(*) from cdc.change_tables where source_object_id = {}) > 1
  begin
    throw 50000, {}, 1;
  end;
  exec sys.sp_cdc_enable_table
    @source_schema = {},
    @source_name = {},
    @role_name = {},
    @capture_instance = {},
    @supports_net_changes = 0,
    @captured_column_list = {};
end)",
      text(instance), source,
      text(fmt::format("the table {}.{} has two capture instances already: drop the older one first", schema, name)),
      text(schema), text(name), text(capture_.reader), text(instance), columns));
}

// Of the whole database, so it is made longer and never shorter.
void Script::retain() {
  if (!capture_.source->retention) return;
  int64_t minutes = (capture_.source->retention->seconds + 59) / 60;
  add(sql_.ddl(R"(declare @jobs table (
  job_id uniqueidentifier,
  job_type nvarchar(20),
  job_name sysname,
  maxtrans int,
  maxscans int,
  continuous bit,
  pollinginterval bigint,
  retention bigint,
  threshold bigint
))"));
  add(sql_.ddl("insert into @jobs\nexec sys.sp_cdc_help_jobs"));
  add(
      sql_.ddl("if exists (select 1 from @jobs where job_type = N'cleanup' and retention < {})\nbegin\n  exec "
               "sys.sp_cdc_change_job @job_type = N'cleanup', @retention = {};\nend",
               sql_.integer(minutes), sql_.integer(minutes)));
}

// What the connector reads, and no more: the tables for a snapshot, the changes of their declared columns, and what
// says which changes there are.
void Script::grant() {
  for (const CapturedTable& captured : capture_.tables) {
    add(sql_.ddl("grant select on object::{} to {}", table(captured), reader()));
  }
  for (const CapturedTable& captured : capture_.tables) {
    add(sql_.ddl("grant select on object::{} to {}", sql_.qname({"cdc", captured.instance + "_CT"}), reader()));
  }
  if (has_signals()) {
    add(sql_.ddl("grant select, insert on object::{} to {}", signal_table(), reader()));
    add(sql_.ddl("grant select on object::{} to {}", sql_.qname({"cdc", capture_.signal_instance + "_CT"}), reader()));
  }
  for (const char* name : {"change_tables", "captured_columns", "lsn_time_mapping"}) {
    add(sql_.ddl("grant select on object::{} to {}", sql_.qname({"cdc", name}), reader()));
  }
  add(sql_.ddl("grant view database state to {}", reader()));
  add(sql_.ddl("if is_rolemember({}, {}) = 0\nbegin\n  alter role {} add member {};\nend", text(capture_.reader),
               text(capture_.role), reader(), role()));
}

std::string Script::setup() {
  begin("Run on the primary, before the connector is deployed, by who may enable change data capture (sysadmin).");
  check_database();
  enable();
  retain();
  grant();
  return std::move(out_);
}

void Script::disable(NodeId which) {
  add(sql_.ddl(R"(if exists (select 1 from sys.databases where database_id = db_id() and is_cdc_enabled = 1)
begin
  declare @schema sysname, @table sysname, @instance sysname;
  while 1 = 1
  begin
    set @instance = null;
    select top (1)
      @schema = object_schema_name(source_object_id),
      @table = object_name(source_object_id),
      @instance = capture_instance
    from cdc.change_tables
    where {};
    if @instance is null
      break;
    exec sys.sp_cdc_disable_table @source_schema = @schema, @source_name = @table, @capture_instance = @instance;
  end;
end)",
               which));
}

std::string Script::old() {
  begin("Run on the primary when the connector has read all that was changed under the columns of before.");
  std::vector<NodeId> today;
  for (const CapturedTable& captured : capture_.tables) today.push_back(text(captured.instance));
  if (has_signals()) today.push_back(text(capture_.signal_instance));
  disable(sql_.ddl("role_name = {} and capture_instance not in ({})", text(capture_.reader), listed(today)));
  return std::move(out_);
}

std::string Script::undo() {
  begin("Run on the primary, after the connector is deleted, by who may disable change data capture (sysadmin).");
  disable(sql_.ddl("role_name = {}", text(capture_.reader)));
  if (has_signals()) add(sql_.ddl("drop table if exists {}", signal_table()));
  // Somebody else's captures stay, and with them that of the database.
  add(sql_.ddl(R"(if exists (select 1 from sys.databases where database_id = db_id() and is_cdc_enabled = 1)
begin
  if not exists (select 1 from cdc.change_tables)
  begin
    exec sys.sp_cdc_disable_db;
  end;
end)"));
  add(sql_.ddl(R"(if database_principal_id({}) is not null
begin
  if is_rolemember({}, {}) = 1
  begin
    alter role {} drop member {};
  end;
  drop role {};
end)",
               text(capture_.reader), text(capture_.reader), text(capture_.role), reader(), role(), reader()));
  return std::move(out_);
}

}  // namespace

SourceScripts sqlserver_scripts(const Capture& capture) {
  return {{"", Script(capture).setup()}, {"old", Script(capture).old()}, {"undo", Script(capture).undo()}};
}

}  // namespace pipec::backend::kafka_connect
