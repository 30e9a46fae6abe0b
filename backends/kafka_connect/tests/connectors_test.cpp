#include "kafka_connect/connectors.h"

#include <algorithm>

#include "kafka_connect/fields.h"
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
  CHECK(landing_folder("file:/a/b") == "/a/b");
  CHECK(landing_folder("file:///a/b//") == "/a/b");
  CHECK(landing_folder("file:/") == "");
  for (const char* other : {"", "/a", "file:a", "file://host/a", "abfss://bronze@x.dfs.core.windows.net/cdc"}) {
    INFO(other);
    CHECK_FALSE(landing_folder(other));
  }
}

TEST_CASE("a table that is not captured stays out, and a source of which nothing is") {
  pipeline::Pipeline pipeline = shop();
  pipeline.cdcs.erase(pipeline.cdcs.begin());
  CHECK(value(source_connector(captures_of(pipeline).at(0)), "table.include.list") == "public\\.orders,public\\.rates");
  pipeline.cdcs.clear();
  CHECK(captures_of(pipeline).empty());
}
