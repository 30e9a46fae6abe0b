// Names of datasets, by hand from OpenLineage's table of naming conventions.
#include "openlineage/names.h"

#include <catch2/catch.hpp>

using namespace pipec;
using namespace pipec::backend::openlineage;

namespace {

using Fields = std::map<std::string, pipeline::ConnectionField>;

pipeline::ConnectionField plain(const char* value) {
  pipeline::ConnectionField field;
  field.plain = value;
  return field;
}

pipeline::ConnectionField reference(const char* backend, const char* value) {
  pipeline::ConnectionField field;
  field.references[backend] = value;
  return field;
}

std::string server_of(const char* kind, Fields fields) {
  pipeline::Connection connection;
  connection.fields = std::move(fields);
  std::string missing;
  return server(kind, &connection, &missing).value_or("no " + missing);
}

pipeline::SourceTable table(const char* schema, const char* name, const char* path = "") {
  pipeline::SourceTable table;
  table.schema = Symbol::of(schema);
  table.name = Symbol::of(name);
  table.path = path;
  return table;
}

/// "namespace name" of a table of a source.
std::string name_of(pipeline::Source source, const pipeline::SourceTable& table) {
  pipeline::Pipeline pipeline;
  pipeline.target.landing = "abfss://bronze@shop.dfs.core.windows.net/landing";
  pipeline::Connection connection;
  connection.head.name = Symbol::of("db");
  connection.fields = {{"host", plain("db.example")}, {"brokers", plain("one:9093,two:9093")}};
  pipeline.connections = {connection};
  source.connection = Symbol::of("db");
  source.database = Symbol::of("shop");
  std::map<Symbol, pipeline::StepList, ByText> steps;
  backend::View view(pipeline, steps);
  Dataset dataset = source_name(view, source, table);
  return dataset.space + " " + dataset.name;
}

pipeline::Source source(const char* kind, const char* path = "", const char* base_url = "") {
  pipeline::Source source;
  source.kind = Symbol::of(kind);
  source.path = path;
  source.base_url = base_url;
  return source;
}

}  // namespace

TEST_CASE("a server is named by what is known before a run") {
  CHECK(server_of("postgres", {{"host", plain("db.example")}}) == "postgres://db.example:5432");
  CHECK(server_of("sqlserver", {{"host", plain("db")}, {"port", plain("1444")}}) == "sqlserver://db:1444");
  CHECK(server_of("mysql", {{"host", reference("openlineage", "db")}}) == "mysql://db:3306");
  CHECK(server_of("mysql", {{"host", reference("kafka_connect", "db")}}) == "no host");
  CHECK(server_of("mysql", {{"host", reference("openlineage", "env:HOST")}}) == "no host");
  CHECK(server_of("postgres", {{"host", plain("db")}, {"port", reference("kafka_connect", "env:PORT")}}) == "no port");
  CHECK(server_of("kafka", {{"brokers", plain("one:9093,two:9093")}}) == "kafka://one:9093");
  CHECK(server_of("kafka", {{"brokers", plain("one")}}) == "kafka://one:9092");
  CHECK(server_of("kafka", {}) == "no brokers");
}

TEST_CASE("what a source holds") {
  CHECK(name_of(source("postgres"), table("public", "orders")) == "postgres://db.example:5432 shop.public.orders");
  CHECK(name_of(source("sqlserver"), table("dbo", "Staff")) == "sqlserver://db.example:1433 shop.dbo.Staff");
  CHECK(name_of(source("mysql"), table("shop", "orders")) == "mysql://db.example:3306 shop.orders");
  CHECK(name_of(source("kafka"), table("shop", "events")) == "kafka://one:9093 shop.events");
  CHECK(name_of(source("files", "fees/*.csv"), table("", "fees")) ==
        "abfss://bronze@shop.dfs.core.windows.net landing/fees/*.csv");
  CHECK(name_of(source("files", "/data/fees.csv"), table("", "fees")) == "file /data/fees.csv");
  CHECK(name_of(source("files", "s3a://bucket/fees.csv"), table("", "fees")) == "s3://bucket fees.csv");
  CHECK(name_of(source("files", "file:///data/fees.csv"), table("", "fees")) == "file /data/fees.csv");
  CHECK(name_of(source("rest", "", "https://api.crm.example/v2/"), table("", "contacts", "/contacts")) ==
        "https://api.crm.example /v2/contacts");
}
