#include "databricks/decode.h"

#include <fmt/format.h>

#include "databricks/types.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;
using platform::Decode;
using platform::NativeMapping;

namespace {

constexpr std::string_view kUnavailable = "__debezium_unavailable_value";
constexpr std::string_view kUnavailableBase64 = "X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==";

NodeId within(SqlBuilder& sql, NodeId value, int64_t low, int64_t high, NodeId result) {
  NodeId between = sql.tree().add(ast::NodeKind::Between, {value, sql.integer(low), sql.integer(high)});
  return sql.case_when({{between, result}});
}

/// Of one value, not of an array.
NodeId scalar(SqlBuilder& sql, Decode decode, sql::Type type, const std::string& zone, const Landed& value) {
  switch (decode) {
    case Decode::Same:
    case Decode::TimeMicros:
      return value();
    case Decode::DecimalText: {
      // A cast would round: where the source has more digits than were declared, there is no value.
      std::string digits = fmt::format("^[^.]*([.][0-9]{{0,{}}}0*)?$", type.scale());
      NodeId exact = sql.call("rlike", {value(), sql.string(digits)});
      return sql.case_when({{exact, sql.try_cast(value(), type_node(sql, type))}});
    }
    // Years 1 to 9999: the connector says an infinity by numbers beyond.
    case Decode::DateDays:
      return within(sql, value(), -719162, 2932896, sql.call("date_from_unix_date", {value()}));
    case Decode::TimestampMicros: {
      NodeId instant = sql.call("timestamp_micros", {value()});
      if (!zone.empty() && zone != "UTC") instant = sql.call("to_utc_timestamp", {instant, sql.string(zone)});
      if (type.is(sql::TypeKind::TimestampNtz)) instant = sql.cast(instant, type_node(sql, type));
      return within(sql, value(), -62135596800000000, 253402300799999999, instant);
    }
    case Decode::ZonedText: {
      // The year before the first is written 0000.
      NodeId four_digits = sql.call("rlike", {value(), sql.string("^[0-9]{4}-")});
      NodeId of_era = sql.gt_eq(value(), sql.string("0001"));
      return sql.case_when({{sql.and_all({four_digits, of_era}), sql.try_cast(value(), type_node(sql, type))}});
    }
    case Decode::Base64:
      return sql.call("try_to_binary", {value(), sql.string("base64")});
    case Decode::Bits: {
      // The connector turns the bytes around.
      NodeId hex = sql.call("hex", {sql.call("try_to_binary", {value(), sql.string("base64")})});
      NodeId bytes = sql.call("regexp_extract_all", {hex, sql.string("(..)"), sql.integer(1)});
      return sql.call("unhex", {sql.call("array_join", {sql.call("reverse", {bytes}), sql.string("")})});
    }
  }
  return value();
}

bool is_text(const NativeMapping& mapping) {
  return mapping.landed == "string" && mapping.decode == Decode::Same;
}

}  // namespace

NodeId decoded(SqlBuilder& sql, const NativeMapping& mapping, const std::string& zone, const Landed& value) {
  if (!mapping.delta.is(sql::TypeKind::Array)) return scalar(sql, mapping.decode, mapping.delta, zone, value);
  if (mapping.decode == Decode::Same) return value();
  NodeId body = scalar(sql, mapping.decode, mapping.delta.element(), zone, [&] { return sql.column("element"); });
  NodeId lambda = sql.tree().add(ast::NodeKind::Lambda, {sql.names({"element"}), body});
  return sql.call("transform", {value(), lambda});
}

bool may_fail(const NativeMapping& mapping) {
  return mapping.decode != Decode::Same && mapping.decode != Decode::TimeMicros &&
         !mapping.delta.is(sql::TypeKind::Array);
}

NodeId is_unavailable(SqlBuilder& sql, const NativeMapping& mapping, NodeId value) {
  if (mapping.decode == Decode::Base64) return sql.eq(value, sql.string(kUnavailableBase64));
  if (is_text(mapping)) return sql.eq(value, sql.string(kUnavailable));
  if (mapping.landed == "array<string>") return sql.call("array_contains", {value, sql.string(kUnavailable)});
  return {};
}

}  // namespace pipec::backend::databricks
