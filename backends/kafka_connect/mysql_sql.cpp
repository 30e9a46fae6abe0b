// MySQL keeps one log of everything. What it has to hold is a matter of the server's settings, which the connector looks
// at when it starts; what is left for a script is how long it is kept, and the rights of the connector's account.
#include <fmt/format.h>

#include "kafka_connect/script.h"
#include "kafka_connect/source_sql.h"

namespace pipec::backend::kafka_connect {
namespace {

using ast::NodeId;

class Script : ScriptBase {
 public:
  explicit Script(const Capture& capture) : ScriptBase(capture, print::kMySql) {}

  std::string setup() {
    open("Run by an administrator on the server that is written to, before the connector is deployed.");
    out_ +=
        "-- The server needs log_bin, binlog_format = ROW and binlog_row_image = FULL: the connector refuses to start "
        "without.\n";
    retain();
    for (const CapturedTable& captured : capture_.tables) {
      add(sql_.ddl("grant select on {} to {}", table(captured), account()));
    }
    if (has_signals()) {
      add(sql_.ddl(
          "create table if not exists {} (\n  id varchar(42) not null primary key,\n  type varchar(32) not null,\n"
          "  data varchar(2048)\n)",
          signal_table()));
      add(sql_.ddl("grant select, insert on {} to {}", signal_table(), account()));
    }
    // The log is that of the whole server, and so are the rights to read it; one lock of a moment begins a snapshot.
    add(sql_.ddl("grant reload, show databases, replication slave, replication client on *.* to {}", account()));
    return std::move(out_);
  }

  std::string undo() {
    open("Run by an administrator on the server that is written to, after the connector is deleted.");
    for (const CapturedTable& captured : capture_.tables) {
      add(sql_.ddl("revoke if exists select on {} from {} ignore unknown user", table(captured), account()));
    }
    if (has_signals()) {
      add(sql_.ddl("revoke if exists select, insert on {} from {} ignore unknown user", signal_table(), account()));
      add(sql_.ddl("drop table if exists {}", signal_table()));
    }
    add(sql_.ddl(
        "revoke if exists reload, show databases, replication slave, replication client on *.* from {} ignore unknown "
        "user",
        account()));
    return std::move(out_);
  }

 private:
  /// `name@host`; from anywhere where no host is said.
  NodeId account() {
    size_t at = capture_.role.rfind('@');
    std::string_view role = capture_.role;
    std::string_view host = at == std::string::npos ? "%" : role.substr(at + 1);
    return sql_.ddl("{}@{}", sql_.string(role.substr(0, at)), sql_.string(host));
  }

  // Of the whole server, so it is made longer and never shorter; 0 is for ever.
  void retain() {
    if (!capture_.source->retention) return;
    int64_t seconds = capture_.source->retention->seconds;
    add(
        sql_.ddl("set persist binlog_expire_logs_seconds = if(\n  @@global.binlog_expire_logs_seconds = 0,\n  0,\n  "
                 "greatest(@@global.binlog_expire_logs_seconds, {})\n)",
                 sql_.integer(seconds)));
  }
};

}  // namespace

SourceScripts mysql_scripts(const Capture& capture) {
  return {{"", Script(capture).setup()}, {"undo", Script(capture).undo()}};
}

}  // namespace pipec::backend::kafka_connect
