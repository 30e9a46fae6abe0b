#include "kafka_connect/check.h"

#include <algorithm>

#include "kafka_connect/connectors.h"
#include "kafka_connect/source_sql.h"
#include "shop.h"

using namespace pipec;
using namespace pipec::backend::kafka_connect;

namespace {

std::vector<std::string> codes(const pipeline::Pipeline& pipeline) {
  Sink sink;
  check_captures(pipeline, sink);
  std::vector<std::string> codes;
  for (const Diagnostic& diagnostic : sink.diagnostics()) {
    CHECK_FALSE(diagnostic.help.empty());
    CHECK(diagnostic.place.declaration.text().starts_with("source:"));
    codes.emplace_back(diagnostic.kind->code);
  }
  return codes;
}

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("a good pipeline has nothing to report") {
  CHECK(codes(shop()).empty());
}

TEST_CASE("a landing that is no folder is reported once") {
  pipeline::Pipeline pipeline = shop();
  for (const char* uri : {"", "s3://bucket/x", "abfss://bronze@x.dfs.core.windows.net/cdc", "file:/a/${env:X}"}) {
    pipeline.target.landing = uri;
    CHECK(codes(pipeline) == Codes{"PIPE2001"});
  }
}

TEST_CASE("a field without a value") {
  for (const char* field : {"host", "user", "password"}) {
    pipeline::Pipeline pipeline = shop();
    pipeline.connections[0].fields[field] = {};
    pipeline.connections[0].fields[field].references["dagster"] = "env:X";
    CHECK(codes(pipeline) == Codes{"PIPE2002"});
  }
  pipeline::Pipeline pipeline = shop();
  pipeline.connections.clear();
  CHECK(codes(pipeline) == Codes{"PIPE2002", "PIPE2002", "PIPE2002"});
}

TEST_CASE("a value that a worker would change") {
  pipeline::Pipeline pipeline = shop();
  pipeline.connections[0].fields["host"].plain = "db.${env:REGION}.example";
  pipeline.connections[0].fields["port"].plain = "5432x";
  pipeline.sources[0].database = Symbol::of("${file:/etc/passwd:x}");
  CHECK(codes(pipeline) == Codes{"PIPE2003", "PIPE2003", "PIPE2003"});
  pipeline.connections[0].fields["host"].plain = "db$.example";
  pipeline.connections[0].fields["port"].plain = "5433";
  pipeline.sources[0].database = Symbol::of("my $ {shop}");
  CHECK(codes(pipeline).empty());
}

TEST_CASE("a heartbeat that is none") {
  pipeline::Pipeline pipeline = shop();
  pipeline.sources[0].heartbeat = pipeline::Duration{86400, "1 day"};
  CHECK(codes(pipeline).empty());
  pipeline.sources[0].heartbeat = pipeline::Duration{2592000, "30 days"};
  CHECK(codes(pipeline) == Codes{"PIPE2003"});
}

TEST_CASE("a source whose name no slot can have") {
  for (std::string name : {std::string("web shop"), std::string("web-shop"),
                           std::string("l\xc3\xa4"
                                       "den"),
                           std::string(54, 'a')}) {
    pipeline::Pipeline pipeline = shop();
    pipeline.sources[0].head.name = Symbol::of(name);
    for (pipeline::Cdc& cdc : pipeline.cdcs) cdc.source = pipeline.sources[0].head.name;
    CHECK(codes(pipeline) == Codes{"PIPE2004"});
  }
}

TEST_CASE("a table whose name no topic can have") {
  for (std::string name : {std::string("order lines"), std::string("a\"b"), std::string("a\nb"), std::string("{{x}}"),
                           std::string("$x"), std::string(64, 'a')}) {
    pipeline::Pipeline pipeline = shop();
    capture(pipeline, table("public", name.c_str(), {column("id", "bigint")}), "bronze.x");
    CHECK(codes(pipeline) == Codes{"PIPE2005"});
  }
}

TEST_CASE("topics that Kafka does not tell apart") {
  pipeline::Pipeline pipeline = shop();
  capture(pipeline, table("public_old", "rates", {column("id", "bigint")}), "bronze.a");
  capture(pipeline, table("public", "old_rates", {column("id", "bigint")}), "bronze.b");
  CHECK(codes(pipeline) == Codes{"PIPE2005"});
}

TEST_CASE("a key column that the connector cannot name") {
  pipeline::Pipeline pipeline = shop();
  pipeline.cdcs[0].key = {Symbol::of("e mail")};
  CHECK(codes(pipeline) == Codes{"PIPE2005"});
}

TEST_CASE("a key that no connector has is a fault of ours") {
  Sink sink;
  check_keys(Plugin::DebeziumPostgres, {{"name", "x"}, {"snapshot.mod", "initial"}},
             Place::in(Symbol::of("source:x"), {}), sink);
  REQUIRE(sink.diagnostics().size() == 1);
  CHECK(sink.diagnostics()[0].kind->code == "PIPE2007");
  CHECK(sink.diagnostics()[0].help == "report this as a fault of pipec; did you mean `snapshot.mode`?");
}

TEST_CASE("a role that stands for everybody") {
  for (std::string role : {std::string("public"), std::string("PUBLIC"), std::string("none"), std::string("pg_monitor"),
                           std::string(), std::string(64, 'r')}) {
    pipeline::Pipeline pipeline = shop();
    pipeline.target.backends["kafka_connect"]["role"] = role;
    CHECK(codes(pipeline) == Codes{"PIPE2006"});
  }
}

TEST_CASE("a plain user of the connection is the role; names come out quoted") {
  pipeline::Pipeline pipeline = shop();
  pipeline.connections[0].fields["user"].references.clear();
  pipeline.connections[0].fields["user"].plain = "o'Neil \"x\"";
  pipeline.sources[0].database = Symbol::of("it's");
  pipeline.sources[0].head.file = Symbol::of("a\nb.pipe");
  CHECK(codes(pipeline).empty());
  Capture capture = captures_of(pipeline).at(0);
  std::string setup = source_scripts(capture).at("");
  CHECK(setup.starts_with("-- source shop (a?b.pipe)\n"));
  CHECK(setup.find("grant usage on schema public to \"o'Neil \"\"x\"\"\";") != std::string::npos);
  CHECK(setup.find("where r.rolname = 'o''Neil \"x\"' and r.rolcanlogin") != std::string::npos);
  CHECK(setup.find("current_database() <> 'it''s'") != std::string::npos);
  CHECK(source_scripts(capture).at("undo").find("to_regrole('\"o''Neil \"\"x\"\"\"')") != std::string::npos);
}

TEST_CASE("the publication has the captured tables, and identities are changed only where that is needed") {
  pipeline::Pipeline pipeline = shop();
  std::string setup = source_scripts(captures_of(pipeline).at(0)).at("");
  CHECK(setup.find("set table\n  public.customers,\n  public.orders,\n  public.rates,\n  pipec.heartbeat_shop;") !=
        std::string::npos);
  CHECK(setup.find("alter table public.customers replica identity full") != std::string::npos);
  CHECK(setup.find("alter table public.orders replica identity full") != std::string::npos);
  CHECK(setup.find("alter table public.rates replica identity full") == std::string::npos);
}

TEST_CASE("a table of signals is made, published, written to, and taken away") {
  pipeline::Pipeline pipeline = shop();
  pipeline.sources[0].signal_table = true;
  CHECK(codes(pipeline).empty());
  auto scripts = source_scripts(captures_of(pipeline).at(0));
  CHECK(scripts.at("").find("  pipec.heartbeat_shop,\n  pipec.signals_shop;") != std::string::npos);
  CHECK(scripts.at("").find("grant insert on table pipec.signals_shop to pipec_cdc;") != std::string::npos);
  CHECK(scripts.at("undo").find("drop table if exists pipec.signals_shop;") != std::string::npos);
  pipeline.sources[0].publication = Symbol::of("theirs");
  CHECK(source_scripts(captures_of(pipeline).at(0))
            .at("")
            .find("alter publication theirs add table pipec.signals_shop;") != std::string::npos);
  for (const char* kind : {"sqlserver", "mysql"}) {
    INFO(kind);
    pipeline = office(kind);
    pipeline.sources[0].signal_table = true;
    CHECK(codes(pipeline) == Codes{"PIPE2008"});  // a replica takes no writes
    pipeline.sources[0].replica = false;
    CHECK(codes(pipeline).empty());
    pipeline.sources[0].database = Symbol::of("Head.Office");
    CHECK(codes(pipeline) == Codes{"PIPE2003"});
  }
}

TEST_CASE("SQL Server captures the table of signals like any other") {
  pipeline::Pipeline pipeline = office("sqlserver");
  pipeline.sources[0].signal_table = true;
  pipeline.sources[0].replica = false;
  auto scripts = source_scripts(captures_of(pipeline).at(0));
  CHECK(scripts.at("").find("@capture_instance = N'pipec_office_signals'") != std::string::npos);
  CHECK(scripts.at("").find("[cdc].[pipec_office_signals_CT]") != std::string::npos);
  CHECK(scripts.at("old").find("N'pipec_office_signals'") != std::string::npos);  // it is none of before
  CHECK(scripts.at("undo").find("drop table if exists [dbo].[pipec_signals_office];") != std::string::npos);
}

TEST_CASE("other databases have other limits") {
  for (const char* kind : {"sqlserver", "mysql"}) {
    INFO(kind);
    CHECK(codes(office(kind)).empty());
    pipeline::Pipeline pipeline = office(kind);
    pipeline.connections.pop_back();  // the brokers
    CHECK(codes(pipeline) == Codes{"PIPE2002"});
    pipeline = office(kind);
    pipeline.connections.back().fields.erase("password");
    CHECK(codes(pipeline) == Codes{"PIPE2002"});
    pipeline = office(kind);
    pipeline.sources[0].database = Symbol::of("Head Office");
    CHECK(codes(pipeline) == Codes{"PIPE2005"});
    pipeline = office(kind);
    pipeline.sources[0].land_every = pipeline::Duration{3600, "1 hour"};
    CHECK(codes(pipeline) == Codes{"PIPE2003"});
    pipeline = office(kind);
    pipeline.connections[0].fields["sslmode"].plain = "prefer";
    pipeline.connections[0].fields["sslrootcert"].plain = "/etc/ssl/ca.pem";
    CHECK(codes(pipeline) == Codes{"PIPE2003", "PIPE2003"});
    pipeline = office(kind);
    pipeline.target.backends["kafka_connect"]["role"] = "a\\b";
    CHECK(codes(pipeline) == Codes{"PIPE2006"});
  }
}

TEST_CASE("a replica of PostgreSQL") {
  pipeline::Pipeline pipeline = shop();
  pipeline.sources[0].replica = true;
  CHECK(codes(pipeline) == Codes{"PIPE2008"});
}

TEST_CASE("a column that a script for SQL Server cannot name") {
  pipeline::Pipeline pipeline = office("sqlserver");
  capture(pipeline,
          table("dbo", "Odd", {column("Id", "int", {}, "sqlserver"), column("a$(b)", "int", {}, "sqlserver")}),
          "bronze.odd");
  CHECK(codes(pipeline) == Codes{"PIPE2005"});
}

TEST_CASE("a capture instance is named by its columns") {
  pipeline::Pipeline pipeline = office("sqlserver");
  std::string before = captures_of(pipeline).at(0).tables[0].instance;
  CHECK(before.starts_with("pipec_office_dbo_Staff_"));
  pipeline.sources[0].tables[0].columns.pop_back();
  CHECK(captures_of(pipeline).at(0).tables[0].instance != before);
  pipeline.sources[0].tables[0].name = Symbol::of(std::string(120, 't'));
  pipeline.cdcs[0].table_name = pipeline.sources[0].tables[0].name;
  CHECK(captures_of(pipeline).at(0).tables[0].instance.size() == 100);
}

TEST_CASE("names in a script for SQL Server stand in brackets, texts in quotes") {
  pipeline::Pipeline pipeline = office("sqlserver");
  pipeline.connections[0].fields["user"].references.clear();
  pipeline.connections[0].fields["user"].plain = "o'Neil [x]";
  CHECK(codes(pipeline).empty());
  Capture capture = captures_of(pipeline).at(0);
  std::string setup = source_scripts(capture).at("");
  CHECK(setup.find("database_principal_id(N'o''Neil [x]') is null") != std::string::npos);
  CHECK(setup.find("alter role [pipec_office] add member [o'Neil [x]]];") != std::string::npos);
  CHECK(setup.find("allow_snapshot_isolation") == std::string::npos);
  CHECK(setup.find("@retention = 4320") != std::string::npos);
  pipeline.sources[0].replica = false;
  CHECK(source_scripts(captures_of(pipeline).at(0)).at("").find("set allow_snapshot_isolation on") !=
        std::string::npos);
}

TEST_CASE("settings by name") {
  auto with = [](std::vector<pipeline::SourceSetting> settings) {
    pipeline::Pipeline pipeline = shop();
    pipeline.sources[0].settings = std::move(settings);
    return pipeline;
  };
  pipeline::Pipeline good =
      with({{"max.batch.size", "4096", {}}, {"errors.max.retries", "5", {}}, {"driver.sslpassword", "env:P", {}}});
  CHECK(codes(good).empty());
  Config config = source_connector(captures_of(good).at(0));
  auto count = [&](std::string_view key, std::string_view value) {
    return std::count(config.begin(), config.end(), std::pair(std::string(key), std::string(value)));
  };
  CHECK(count("max.batch.size", "4096") == 1);
  CHECK(count("errors.max.retries", "5") == 1);
  CHECK(count("errors.max.retries", "60") == 0);
  CHECK(count("driver.sslpassword", "${env:P}") == 1);
  CHECK(codes(with({{"max.batch.sice", "4096", {}}})) == Codes{"PIPE2009"});
  CHECK(codes(with({{"max.batch.size", "1", {}}, {"max.batch.size", "2", {}}})) == Codes{"PIPE2009"});
  CHECK(codes(with({{"driver.sslpassword", "hunter2", {}}})) == Codes{"PIPE2009"});
  CHECK(codes(with({{"custom.metric.tags", "a=${env:X}", {}}})) == Codes{"PIPE2009"});
  for (const char* key : {"decimal.handling.mode", "topic.prefix", "value.converter", "transforms",
                          "column.exclude.list", "tombstones.on.delete", "unavailable.value.placeholder", "name"}) {
    INFO(key);
    CHECK(codes(with({{key, "x", {}}})) == Codes{"PIPE2009"});
  }
}

TEST_CASE("a slot and a publication of somebody else") {
  pipeline::Pipeline pipeline = shop();
  pipeline.sources[0].slot = Symbol::of("their_slot");
  pipeline.sources[0].publication = Symbol::of("Their \"publication\"");
  CHECK(codes(pipeline).empty());
  Capture capture = captures_of(pipeline).front();
  Config config = source_connector(capture);
  auto says = [&](const char* key, const char* value) {
    return std::find(config.begin(), config.end(), std::pair<std::string, std::string>(key, value)) != config.end();
  };
  CHECK(says("slot.name", "their_slot"));
  CHECK(says("publication.name", "Their \"publication\""));
  for (const auto& [purpose, text] : source_scripts(capture)) {
    CHECK(text.find("create publication") == std::string::npos);
    CHECK(text.find("set table") == std::string::npos);
    CHECK(text.find("drop publication") == std::string::npos);
    CHECK(text.find("pg_drop_replication_slot") == std::string::npos);
  }
  pipeline.sources[0].slot = Symbol::of("Their-Slot");
  CHECK(codes(pipeline) == Codes{"PIPE2004"});
  pipeline.sources[0].slot = Symbol::of("their_slot");
  pipeline.sources.push_back(pipeline.sources[0]);
  pipeline.sources.back().head.name = Symbol::of("shop2");
  for (pipeline::Cdc cdc : std::vector<pipeline::Cdc>(pipeline.cdcs)) {
    cdc.source = Symbol::of("shop2");
    pipeline.cdcs.push_back(cdc);
  }
  CHECK(codes(pipeline) == Codes{"PIPE2004"});
}
