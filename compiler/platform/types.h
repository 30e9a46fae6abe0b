// Types on every hop, from one data file (platform/data/types.json, embedded): native type -> Connect schema ->
// Delta type -> serving type, with what is lost on the way. Source of each row: the file says.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/symbol.h"
#include "sql/type.h"

namespace pipec::platform {

struct NativeType {
  std::string name;                    // lower case, one space between words: "numeric", "timestamp with time zone"
  std::vector<std::string> arguments;  // "18", "4"
  int dimensions = 0;                  // text[] is 1
  std::string text() const;            // "numeric(18, 4)", "text[]"
};

/// How the landed JSON value becomes the Delta value (under the connector settings that pipec generates:
/// time.precision.mode=microseconds, decimal.handling.mode=string, binary.handling.mode=base64).
enum class Decode {
  Same,             // JSON has it in the Delta type
  DecimalText,      // cast(text as decimal(p, s))
  DateDays,         // days since 1970-01-01
  TimeMicros,       // microseconds since midnight, kept as bigint
  TimestampMicros,  // microseconds since the epoch of a naive clock: an instant by the source's zone
  ZonedText,        // "2024-02-29T18:29:59.123456Z"
  Base64,
  Bits,  // base64 of the bytes, the lowest first
};

struct NativeMapping {
  std::string connect;  // Connect schema in words: "INT64", "STRING io.debezium.data.Uuid"
  std::string landed;   // Spark type in the landed JSON: "bigint", "string", "array<string>"
  sql::Type delta;
  Decode decode = Decode::Same;
  bool naive_timestamp = false;  // needs the source's zone
  std::string loss, remedy;      // what is lost, for a diagnostic; empty: nothing
};

/// nullopt: the type cannot be carried; `why` gets the reason and the remedy in words.
std::optional<NativeMapping> map_native(std::string_view source_kind, const NativeType& type, std::string* why);
/// All native type names of a source kind, sorted, for suggestions.
std::vector<std::string_view> native_type_names(std::string_view source_kind);

/// The type of a warehouse column in a serving database ("postgres"): "numeric(18,4)", "timestamptz", "text[]".
/// nullopt with `why` when there is none.
std::optional<std::string> serving_type(std::string_view kind, sql::Type type, std::string* why);

}  // namespace pipec::platform
