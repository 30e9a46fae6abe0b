// A pipeline by hand: what the emitters are given in these tests, without the compiler in front of them.
#pragma once

#include <catch2/catch.hpp>

#include "kafka_connect/capture.h"

namespace pipec::backend::kafka_connect {

inline pipeline::SourceColumn column(const char* name, const char* type, std::vector<std::string> arguments = {},
                                     const char* kind = "postgres") {
  pipeline::SourceColumn out;
  out.column.name = Symbol::of(name);
  out.native.name = type;
  out.native.arguments = std::move(arguments);
  std::string why;
  std::optional<platform::NativeMapping> mapping = platform::map_native(kind, out.native, &why);
  REQUIRE(mapping);
  out.mapping = *mapping;
  out.column.type = mapping->delta;
  return out;
}

inline pipeline::SourceTable table(const char* schema, const char* name, std::vector<pipeline::SourceColumn> columns) {
  pipeline::SourceTable out;
  out.schema = Symbol::of(schema);
  out.name = Symbol::of(name);
  out.primary_key = {columns.front().column.name};
  out.columns = std::move(columns);
  return out;
}

inline void capture(pipeline::Pipeline& pipeline, const pipeline::SourceTable& table, const char* target) {
  pipeline::Cdc cdc;
  cdc.head.name = Symbol::of(target);
  cdc.source = pipeline.sources.back().head.name;
  cdc.table_schema = table.schema;
  cdc.table_name = table.name;
  cdc.key = table.primary_key;
  cdc.log = Symbol::of(std::string(target) + "_log");
  pipeline.sources.back().tables.push_back(table);
  pipeline.cdcs.push_back(std::move(cdc));
}

/// Source `shop` with a narrow table, a table with text, and one with a history.
inline pipeline::Pipeline shop() {
  pipeline::Pipeline pipeline;
  pipeline.project = "test";
  pipeline.target.name = "prod";
  pipeline.target.landing = "file:/data/landing";
  pipeline.target.backends["kafka_connect"] = {{"host", "self_hosted"}, {"role", "pipec_cdc"}};
  pipeline::Connection connection;
  connection.head.name = Symbol::of("shop_db");
  connection.fields["host"].plain = "db.example";
  connection.fields["user"].references["kafka_connect"] = "env:SHOP_USER";
  connection.fields["password"].references["kafka_connect"] = "file:/run/secrets/shop.properties#password";
  connection.fields["password"].references["dagster"] = "env:OTHER";
  pipeline.connections.push_back(connection);
  pipeline::Source source;
  source.head.name = Symbol::of("shop");
  source.head.declaration = Symbol::of("source:shop");
  source.head.file = Symbol::of("shop.pipe");
  source.kind = Symbol::of("postgres");
  source.connection = Symbol::of("shop_db");
  source.database = Symbol::of("shop");
  source.retention = pipeline::Duration{259200, "3 days"};
  source.heartbeat = pipeline::Duration{30, "30 seconds"};
  source.snapshot = Symbol::of("initial");
  pipeline.sources.push_back(source);
  capture(pipeline, table("public", "customers", {column("customer_id", "bigint"), column("email", "text")}),
          "bronze.customers");
  capture(pipeline, table("public", "orders", {column("order_id", "bigint"), column("amount", "numeric", {"18", "4"})}),
          "bronze.orders");
  pipeline.cdcs.back().history = Symbol::of("bronze.orders_history");
  capture(pipeline, table("public", "rates", {column("rate_id", "integer"), column("rate", "numeric", {"18", "4"})}),
          "bronze.rates");
  return pipeline;
}

/// Source `office` of SQL Server or MySQL, read from a replica.
inline pipeline::Pipeline office(const char* kind) {
  pipeline::Pipeline pipeline = shop();
  pipeline.cdcs.clear();
  pipeline::Source& source = pipeline.sources.back();
  source.head.name = Symbol::of("office");
  source.head.declaration = Symbol::of("source:office");
  source.kind = Symbol::of(kind);
  source.database = Symbol::of("Office");
  source.replica = true;
  source.land_every = pipeline::Duration{120, "2 minutes"};
  source.tables.clear();
  pipeline::Connection kafka;
  kafka.head.name = Symbol::of("the_brokers");
  pipeline.target.backends["kafka_connect"]["kafka"] = "the_brokers";
  kafka.fields["brokers"].plain = "broker:9093";
  kafka.fields["protocol"].plain = "SASL_SSL";
  kafka.fields["mechanism"].plain = "SCRAM-SHA-512";
  kafka.fields["user"].plain = "a \"quoted\" \\ user";
  kafka.fields["password"].references["kafka_connect"] = "env:KAFKA_PASSWORD";
  pipeline.connections.push_back(kafka);
  bool mysql = std::string_view(kind) == "mysql";
  capture(pipeline,
          table(mysql ? "Office" : "dbo", "Staff",
                {column("StaffId", "int", {}, kind), column("Name", "varchar", {"20"}, kind)}),
          "bronze.staff");
  return pipeline;
}

}  // namespace pipec::backend::kafka_connect
