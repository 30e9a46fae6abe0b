#include <set>

#include "kafka_connect/connectors.h"
#include "shop.h"

using namespace pipec;
using namespace pipec::backend::kafka_connect;

namespace {

/// Every way to leave out a letter, to write one twice, to swap two; with a letter more at the end.
std::set<std::string> misspellings(const std::string& key) {
  std::set<std::string> wrong = {key + "x", key + ".x", "x" + key};
  for (size_t i = 0; i < key.size(); ++i) {
    std::string out = key;
    wrong.insert(out.erase(i, 1));
    out = key;
    wrong.insert(out.insert(i, 1, key[i]));
    out = key;
    if (i > 0) std::swap(out[i - 1], out[i]);
    wrong.insert(out);
  }
  wrong.erase(key);
  return wrong;
}

void check_each_key(Plugin plugin, const Config& config) {
  CHECK(unknown_keys(plugin, config).empty());
  for (size_t i = 0; i < config.size(); ++i) {
    for (const std::string& wrong : misspellings(config[i].first)) {
      Config misspelt = config;
      misspelt[i].first = wrong;
      INFO(wrong);
      CHECK(unknown_keys(plugin, misspelt) == std::vector<std::string>{wrong});
    }
  }
}

}  // namespace

TEST_CASE("each emitted key is pinned, and each misspelling of it is found") {
  pipeline::Pipeline pipeline = shop();
  pipeline.cdcs.front().key = {Symbol::of("email")};
  pipeline.connections.front().fields["port"].plain = "5433";
  pipeline.connections.front().fields["sslmode"].plain = "verify-full";
  pipeline.connections.front().fields["sslrootcert"].plain = "/etc/ssl/shop.pem";
  Capture capture = captures_of(pipeline).at(0);
  check_each_key(Plugin::DebeziumPostgres, source_connector(capture));
  check_each_key(Plugin::FileSink, sink_connector(capture, capture.tables[0]));
}

TEST_CASE("so for managed sinks") {
  for (const char* landing : {"s3://lake/cdc", "abfss://lake@acme.dfs.core.windows.net"}) {
    pipeline::Pipeline pipeline = shop();
    pipeline.target.landing = landing;
    pipeline.target.backends["kafka_connect"]["host"] = "confluent_cloud";
    pipeline.connections.front().head.name = Symbol::of("landing");
    pipeline.connections.front().fields["token_endpoint"].plain = "https://login.example/t/oauth2/token";
    pipeline.connections.front().fields["region"].plain = "eu-west-1";
    Capture capture = captures_of(pipeline).at(0);
    check_each_key(sink_plugin(capture), sink_connector(capture, capture.tables[0]));
  }
}

TEST_CASE("so for the other databases") {
  for (auto [kind, plugin] :
       {std::pair{"sqlserver", Plugin::DebeziumSqlServer}, std::pair{"mysql", Plugin::DebeziumMySql}}) {
    pipeline::Pipeline pipeline = office(kind);
    pipeline.cdcs.front().key = {Symbol::of("Name")};
    pipeline.connections.front().fields["sslmode"].plain = "verify-full";
    pipeline.connections.front().fields["sslrootcert"].plain = "/etc/ssl/office.p12";
    Capture capture = captures_of(pipeline).at(0);
    CHECK(plugin_of(capture) == plugin);
    check_each_key(plugin, source_connector(capture));
  }
}

TEST_CASE("families of keys") {
  for (const char* key : {"transforms.route.type", "predicates.p.pattern", "topic.creation.default.retention.ms",
                          "column.mask.with.10.chars", "column.mask.hash.SHA-256.with.salt.abc", "driver.sslmode",
                          "snapshot.select.statement.overrides.shop.orders"}) {
    INFO(key);
    CHECK(known_key(Plugin::DebeziumPostgres, key));
  }
  for (const char* key : {"transforms.route.typ", "transforms.a.b.type", "transforms..type", "database.hostnam", "file",
                          "snapshot.select.statement.overrides."}) {
    INFO(key);
    CHECK_FALSE(known_key(Plugin::DebeziumPostgres, key));
  }
  CHECK(key_suggestion(Plugin::DebeziumPostgres, "snapshot.mod") == "did you mean `snapshot.mode`?");
}

TEST_CASE("an alias that the configuration does not list") {
  Config config = {{"transforms", "a,b"}, {"transforms.a.type", "x"}, {"transforms.b.type", "x"}};
  CHECK(unknown_keys(Plugin::FileSink, config).empty());
  config[0].second = "a";
  CHECK(unknown_keys(Plugin::FileSink, config) == std::vector<std::string>{"transforms.b.type"});
}
