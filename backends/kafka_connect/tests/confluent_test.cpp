// Confluent Cloud's connectors: every key is one of theirs, every value one that they take.
#include "kafka_connect/confluent.h"

#include <algorithm>
#include <map>

#include "kafka_connect/check.h"
#include "kafka_connect/connectors.h"
#include "shop.h"

using namespace pipec;
using namespace pipec::backend::kafka_connect;

namespace {

pipeline::Pipeline managed(pipeline::Pipeline pipeline) {
  auto& options = pipeline.target.backends["kafka_connect"];
  options["host"] = "confluent_cloud";
  options["sinks"] = "self_hosted";
  if (!options.count("kafka")) {
    options["kafka"] = "cloud";
    pipeline::Connection cloud;
    cloud.head.name = Symbol::of("cloud");
    cloud.fields["user"].references["kafka_connect"] = "env:KEY";
    cloud.fields["password"].references["kafka_connect"] = "env:SECRET";
    pipeline.connections.insert(pipeline.connections.begin(), cloud);
  }
  for (pipeline::Source& source : pipeline.sources) source.land_every.reset();
  return pipeline;
}

std::vector<std::string> messages(const pipeline::Pipeline& pipeline) {
  Sink sink;
  check_captures(pipeline, sink);
  std::vector<std::string> messages;
  for (const Diagnostic& diagnostic : sink.diagnostics()) {
    CHECK(diagnostic.kind->code == "PIPE2010");
    CHECK_FALSE(diagnostic.help.empty());
    messages.push_back(diagnostic.message);
  }
  return messages;
}

std::map<std::string, std::string> config_of(const pipeline::Pipeline& pipeline) {
  Config config = source_connector(captures_of(pipeline).front());
  std::map<std::string, std::string> map(config.begin(), config.end());
  CHECK(map.size() == config.size());  // no key twice
  return map;
}

}  // namespace

TEST_CASE("each database's managed connector takes all that it is told") {
  for (auto [pipeline, name, mode] : {std::tuple{shop(), "PostgresCdcSourceV2", "adaptive_time_microseconds"},
                                      {office("sqlserver"), "SqlServerCdcSourceV2", "adaptive"},
                                      {office("mysql"), "MySqlCdcSourceV2", "adaptive_time_microseconds"}}) {
    pipeline::Pipeline there = managed(pipeline);
    CHECK(messages(there).empty());  // an unknown key would be PIPE2007
    auto config = config_of(there);
    CHECK(config["connector.class"] == name);
    CHECK(config["time.precision.mode"] == mode);
    CHECK(config["decimal.handling.mode"] == "string");
    CHECK(config["value.converter.replace.null.with.default"] == "false");
    CHECK(config["skipped.operations"] == "none");
    CHECK(config["kafka.api.key"] ==
          (std::string_view(name) == "PostgresCdcSourceV2" ? "${env:KEY}" : config["kafka.api.key"]));
    for (const char* theirs :
         {"key.converter", "plugin.name", "schema.history.internal.kafka.topic", "errors.max.retries"}) {
      CHECK(config.count(theirs) == 0);
    }
  }
}

TEST_CASE("the sink stays on workers of one's own") {
  pipeline::Pipeline pipeline = managed(shop());
  Capture capture = captures_of(pipeline).front();
  Config sink = sink_connector(capture, capture.tables.front());
  CHECK(unknown_keys(Plugin::FileSink, sink).empty());
  pipeline.target.backends["kafka_connect"]["sinks"] = "same";
  CHECK(messages(pipeline) ==
        std::vector<std::string>{"Confluent Cloud has no connector that lands files in a folder"});
}

TEST_CASE("sinks that land in the storage of a cloud") {
  struct Case {
    const char *landing, *connector, *folder;
    Plugin plugin;
  };
  for (const Case& each :
       {Case{"s3://lake/a/cdc/", "S3_SINK", "a/cdc", Plugin::ConfluentS3Sink},
        {"abfss://lake@acme.dfs.core.windows.net", "AzureDataLakeGen2Sink", "lake", Plugin::ConfluentAdlsSink}}) {
    INFO(each.landing);
    pipeline::Pipeline pipeline = managed(shop());
    pipeline.target.backends["kafka_connect"]["sinks"] = "same";
    pipeline.target.landing = each.landing;
    const bool adls = each.plugin == Plugin::ConfluentAdlsSink;
    CHECK(messages(pipeline).size() == (adls ? 3 : 2));  // nothing says who may write there
    pipeline::Connection storage;
    storage.head.name = Symbol::of("landing");
    storage.fields["user"].references["kafka_connect"] = "env:ID";
    storage.fields["password"].references["kafka_connect"] = "env:SECRET";
    if (adls) storage.fields["token_endpoint"].plain = "https://login.example/t/oauth2/token";
    pipeline.connections.insert(pipeline.connections.begin() + 1, storage);  // by name
    CHECK(messages(pipeline).empty());
    const Capture capture = captures_of(pipeline).front();
    CHECK(sink_plugin(capture) == each.plugin);
    const Config sink = sink_connector(capture, capture.tables.front());
    CHECK(unknown_keys(each.plugin, sink).empty());
    std::map<std::string, std::string> config(sink.begin(), sink.end());
    CHECK(config["connector.class"] == each.connector);
    CHECK(config["topics.dir"] == each.folder);
    CHECK(config["topics"] == capture.tables.front().topic);
    CHECK(config[adls ? "azure.datalake.gen2.client.key" : "aws.secret.access.key"] == "${env:SECRET}");
  }
}

TEST_CASE("where nothing can be landed") {
  for (const char* landing :
       {"s3://lake", "s3:///cdc", "s3://lake//", "abfss://lake@acme.dfs.core.windows.net/cdc",
        "abfss://@acme.dfs.core.windows.net", "abfss://lake@.dfs.core.windows.net",
        "abfss://lake@a/b.dfs.core.windows.net", "gs://lake/cdc", "file:landing", "file://host/x"})
    CHECK_FALSE(landing_of(landing));
  // Workers of one's own write to a folder alone.
  pipeline::Pipeline pipeline = managed(shop());
  pipeline.target.landing = "s3://lake/cdc";
  Sink sink;
  check_captures(pipeline, sink);
  REQUIRE(sink.diagnostics().size() == 1);
  CHECK(sink.diagnostics().front().kind->code == "PIPE2001");
}

TEST_CASE("what cannot be had there") {
  pipeline::Pipeline pipeline = managed(office("sqlserver"));
  pipeline::Source& source = pipeline.sources.back();
  source.land_every = pipeline::Duration{120, "2 minutes"};
  source.snapshot = Symbol::of("when_needed");
  CHECK(messages(pipeline).size() == 2);
}

TEST_CASE("times that would not be microseconds") {
  struct Case {
    const char *database, *type, *digits;
    bool good;
  };
  for (const Case& each : {Case{"postgres", "timestamp", "", true},
                           {"postgres", "timestamp", "3", false},
                           {"postgres", "timestamp", "4", true},
                           {"postgres", "time", "0", true},
                           {"postgres", "timestamptz", "3", true},
                           {"sqlserver", "datetime2", "", false},
                           {"sqlserver", "datetime2", "6", true},
                           {"sqlserver", "datetime2", "3", false},
                           {"sqlserver", "datetime", "", false},
                           {"sqlserver", "smalldatetime", "", false},
                           {"sqlserver", "time", "", false},
                           {"sqlserver", "time", "5", true},
                           {"sqlserver", "datetimeoffset", "7", true},
                           {"mysql", "datetime", "", false},
                           {"mysql", "datetime", "6", true},
                           {"mysql", "time", "", true},
                           {"mysql", "timestamp", "", true}}) {
    pipeline::Pipeline pipeline =
        managed(std::string_view(each.database) == "postgres" ? shop() : office(each.database));
    pipeline::SourceTable& table = pipeline.sources.back().tables.back();
    std::vector<std::string> arguments;
    if (*each.digits) arguments.emplace_back(each.digits);
    table.columns.push_back(column("at", each.type, arguments, each.database));
    INFO(each.database << " " << each.type << " " << each.digits);
    CHECK(messages(pipeline).empty() == each.good);
  }
}
