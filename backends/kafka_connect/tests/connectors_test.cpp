#include "kafka_connect/connectors.h"

#include <algorithm>

#include "kafka_connect/fields.h"
#include "kafka_connect/topics.h"
#include "shop.h"

using namespace pipec;
using namespace pipec::backend::kafka_connect;

namespace {

std::string value(const Config& config, std::string_view key) {
  auto found = std::find_if(config.begin(), config.end(), [&](const auto& entry) { return entry.first == key; });
  return found == config.end() ? "(absent)" : found->second;
}

}  // namespace

TEST_CASE("the connector of a source") {
  pipeline::Pipeline pipeline = shop();
  Config config = source_connector(captures_of(pipeline).at(0));
  CHECK(value(config, "name") == "shop");
  CHECK(value(config, "topic.prefix") == "shop");
  CHECK(value(config, "slot.name") == "pipec_shop");
  CHECK(value(config, "publication.name") == "pipec_shop");
  CHECK(value(config, "publication.autocreate.mode") == "disabled");
  CHECK(value(config, "table.include.list") == "public\\.customers,public\\.orders,public\\.rates");
  CHECK(value(config, "database.hostname") == "db.example");
  CHECK(value(config, "database.port") == "5432");
  CHECK(value(config, "database.user") == "${env:SHOP_USER}");
  CHECK(value(config, "database.password") == "${file:/run/secrets/shop.properties:password}");
  CHECK(value(config, "heartbeat.interval.ms") == "30000");
  CHECK(value(config, "heartbeat.action.query") ==
        "insert into pipec.heartbeat_shop (source, beat_at) values ('shop', now()) on conflict (source) do "
        "update set "
        "beat_at = excluded.beat_at");
  CHECK(value(config, "topic.creation.default.retention.ms") == "259200000");
  CHECK(value(config, "value.converter.replace.null.with.default") == "false");
  CHECK(value(config, "message.key.columns") == "(absent)");
  CHECK(value(config, "database.sslmode") == "(absent)");
}

TEST_CASE("what the source does not say") {
  pipeline::Pipeline pipeline = shop();
  pipeline.sources[0].retention.reset();
  pipeline.sources[0].heartbeat.reset();
  pipeline.sources[0].snapshot = {};
  Config config = source_connector(captures_of(pipeline).at(0));
  CHECK(value(config, "snapshot.mode") == "initial");
  CHECK(value(config, "heartbeat.interval.ms") == "10000");
  CHECK(value(config, "topic.creation.default.retention.ms") == "(absent)");
}

TEST_CASE("a key that is not the primary key is the key of the events") {
  pipeline::Pipeline pipeline = shop();
  pipeline.cdcs[0].key = {Symbol::of("email"), Symbol::of("customer_id")};
  Capture capture = captures_of(pipeline).at(0);
  CHECK(value(source_connector(capture), "message.key.columns") == "public\\.customers:email,customer_id");
  CHECK(capture.tables[0].full_identity);
}

TEST_CASE("whole rows are asked for where a change does not say everything otherwise") {
  pipeline::Pipeline pipeline = shop();
  Capture capture = captures_of(pipeline).at(0);
  CHECK(capture.tables[0].full_identity);        // has text
  CHECK(capture.tables[1].full_identity);        // has a history
  CHECK_FALSE(capture.tables[2].full_identity);  // numbers only
}

TEST_CASE("a table is landed in the file of its topic") {
  pipeline::Pipeline pipeline = shop();
  pipeline.target.landing = "file:///data/landing/";
  Capture capture = captures_of(pipeline).at(0);
  Config config = sink_connector(capture, capture.tables[1]);
  CHECK(value(config, "name") == "shop.public.orders");
  CHECK(value(config, "topics") == "shop.public.orders");
  CHECK(value(config, "file") == "/data/landing/shop.public.orders.jsonl");
  CHECK(connector_document(config).starts_with("{\n  \"name\": \"shop.public.orders\",\n"));
}

TEST_CASE("landings") {
  CHECK(landing_of("file:/a/b")->folder == "/a/b");
  CHECK(landing_of("file:///a/b//")->folder == "/a/b");
  CHECK(landing_of("file:/")->folder == "");
  for (const char* other : {"", "/a", "file:a", "file://host/a", "abfss://bronze@x.dfs.core.windows.net/cdc"}) {
    INFO(other);
    CHECK_FALSE(landing_of(other));
  }
}

TEST_CASE("a table that is not captured stays out, and a source of which nothing is") {
  pipeline::Pipeline pipeline = shop();
  pipeline.cdcs.erase(pipeline.cdcs.begin());
  CHECK(value(source_connector(captures_of(pipeline).at(0)), "table.include.list") == "public\\.orders,public\\.rates");
  pipeline.cdcs.clear();
  CHECK(captures_of(pipeline).empty());
}

TEST_CASE("the connector of a replica of SQL Server") {
  pipeline::Pipeline pipeline = office("sqlserver");
  Config config = source_connector(captures_of(pipeline).at(0));
  CHECK(value(config, "database.names") == "Office");
  CHECK(value(config, "database.port") == "1433");
  CHECK(value(config, "table.include.list") == "dbo\\.Staff");
  CHECK(value(config, "time.precision.mode") == "microseconds");
  CHECK(value(config, "driver.applicationIntent") == "ReadOnly");
  CHECK(value(config, "driver.encrypt") == "true");
  CHECK(value(config, "driver.trustServerCertificate") == "false");
  CHECK(value(config, "transaction.boundary.interval.ms") == "120000");
  CHECK(value(config, "producer.override.transaction.timeout.ms") == "180000");
  CHECK(value(config, "signal.enabled.channels") == "kafka");
  CHECK(value(config, "schema.history.internal.kafka.topic") == "office.schema_history");
  CHECK(value(config, "schema.history.internal.producer.sasl.jaas.config") ==
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"a \\\"quoted\\\" \\\\ user\" "
        "password=\"${env:KAFKA_PASSWORD}\";");
  CHECK(value(config, "provide.transaction.metadata") == "(absent)");
  pipeline.sources[0].replica = false;
  pipeline.sources[0].land_every.reset();
  pipeline.connections[0].fields["sslmode"].plain = "require";
  config = source_connector(captures_of(pipeline).at(0));
  CHECK(value(config, "driver.applicationIntent") == "(absent)");
  CHECK(value(config, "driver.trustServerCertificate") == "true");
  CHECK(value(config, "transaction.boundary") == "(absent)");
}

TEST_CASE("signals by a table") {
  pipeline::Pipeline pipeline = shop();
  pipeline.sources[0].signal_table = true;
  Config config = source_connector(captures_of(pipeline).at(0));
  CHECK(value(config, "signal.enabled.channels") == "source");  // no brokers are known
  CHECK(value(config, "signal.data.collection") == "pipec.signals_shop");
  pipeline = office("sqlserver");
  pipeline.sources[0].signal_table = true;
  config = source_connector(captures_of(pipeline).at(0));
  CHECK(value(config, "signal.enabled.channels") == "source,kafka");
  CHECK(value(config, "signal.data.collection") == "Office.dbo.pipec_signals_office");
  pipeline = office("mysql");
  pipeline.sources[0].signal_table = true;
  CHECK(value(source_connector(captures_of(pipeline).at(0)), "signal.data.collection") ==
        "Office.pipec_signals_office");
}

TEST_CASE("the connector of MySQL") {
  pipeline::Pipeline pipeline = office("mysql");
  Config config = source_connector(captures_of(pipeline).at(0));
  CHECK(value(config, "database.include.list") == "Office");
  CHECK(value(config, "database.ssl.mode") == "verify_identity");
  CHECK(value(config, "read.only") == "true");
  CHECK(value(config, "bigint.unsigned.handling.mode") == "precise");
  CHECK(value(config, "value.converter.decimal.format") == "NUMERIC");
  std::string id = value(config, "database.server.id");
  CHECK(id == value(source_connector(captures_of(pipeline).at(0)), "database.server.id"));
  CHECK(id.size() == 10);
}

TEST_CASE("the topics of a source, and how long each is kept") {
  pipeline::Pipeline pipeline = office("sqlserver");
  std::vector<std::string> documents;
  for (const Topic& topic : topics_of(captures_of(pipeline).at(0))) documents.push_back(topic_document(topic));
  REQUIRE(documents.size() == 4);
  CHECK(documents[0].find("\"office.Office.dbo.Staff\"") != std::string::npos);
  CHECK(documents[0].find("\"retention.ms\": \"259200000\"") != std::string::npos);
  CHECK(documents[2].find("\"office.schema_history\"") != std::string::npos);
  CHECK(documents[2].find("\"retention.ms\": \"-1\"") != std::string::npos);
}
