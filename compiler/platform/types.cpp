#include "platform/types.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "artifact/document.h"

namespace pipec::platform {
namespace {

constexpr const char* kData =
#include "types_data.inc"
    ;

struct NativeRule {
  std::string source, name, connect, landed, delta, arguments, loss, remedy, refused;
  int most = 0;    // the rule is for a first argument up to this; 0: for all
  int absent = 0;  // the argument where none is written
  Decode decode = Decode::Same;
  bool naive = false;
};
struct ServingRule {
  std::string kind, delta, type;
};
struct Tables {
  std::vector<NativeRule> native, refused_arrays;
  std::vector<ServingRule> serving;
};

std::string text_of(const Value& object, std::string_view key) {
  const Value* found = object.find(key);
  if (!found) return {};
  const auto* text = std::get_if<std::string>(&found->data());
  return text ? *text : std::string();
}

const Value::Array& array_of(const Value& object, std::string_view key) {
  static const Value::Array kEmpty;
  const Value* found = object.find(key);
  const auto* items = found ? std::get_if<Value::Array>(&found->data()) : nullptr;
  return items ? *items : kEmpty;
}

Decode decode_of(std::string_view name) {
  if (name == "decimal text") return Decode::DecimalText;
  if (name == "date days") return Decode::DateDays;
  if (name == "time micros") return Decode::TimeMicros;
  if (name == "timestamp micros") return Decode::TimestampMicros;
  if (name == "zoned text") return Decode::ZonedText;
  if (name == "base64") return Decode::Base64;
  if (name == "bits") return Decode::Bits;
  return Decode::Same;
}

int number_of(const Value& object, std::string_view key) {
  const Value* found = object.find(key);
  const auto* number = found ? std::get_if<int64_t>(&found->data()) : nullptr;
  return number ? static_cast<int>(*number) : 0;
}

void add_rules(const Value& row, std::vector<NativeRule>& rules) {
  NativeRule rule;
  rule.source = text_of(row, "source");
  rule.connect = text_of(row, "connect");
  rule.landed = text_of(row, "landed");
  rule.delta = text_of(row, "delta");
  rule.arguments = text_of(row, "arguments");
  rule.loss = text_of(row, "loss");
  rule.remedy = text_of(row, "remedy");
  rule.most = number_of(row, "most");
  rule.absent = number_of(row, "absent");
  rule.refused = text_of(row, "why");
  rule.decode = decode_of(text_of(row, "decode"));
  const Value* naive = row.find("naive");
  rule.naive = naive && std::get_if<bool>(&naive->data()) && std::get<bool>(naive->data());
  for (const Value& name : array_of(row, "names")) {
    rule.name = std::get<std::string>(name.data());
    rules.push_back(rule);
  }
}

const Tables& tables() {
  static const Tables* loaded = [] {
    auto* tables = new Tables;
    ParsedJson json = parse_json(kData);
    if (!json.ok) std::abort();  // our own file, compiled in: the tests read it
    for (const Value& row : array_of(json.value, "native")) add_rules(row, tables->native);
    for (const Value& row : array_of(json.value, "refused")) add_rules(row, tables->native);
    for (const Value& row : array_of(json.value, "refused_arrays")) add_rules(row, tables->refused_arrays);
    for (const Value& row : array_of(json.value, "serving")) {
      tables->serving.push_back({text_of(row, "kind"), text_of(row, "delta"), text_of(row, "type")});
    }
    return tables;
  }();
  return *loaded;
}

std::optional<int> number(const std::string& text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  int value = 0;
  size_t start = text[0] == '-' ? 1 : 0;
  if (start == text.size()) return std::nullopt;
  for (size_t i = start; i < text.size(); ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return start ? -value : value;
}

sql::Type simple_type(std::string_view name) {
  using sql::TypeKind;
  if (name == "boolean") return TypeKind::Boolean;
  if (name == "smallint") return TypeKind::SmallInt;
  if (name == "int") return TypeKind::Int;
  if (name == "bigint") return TypeKind::BigInt;
  if (name == "float") return TypeKind::Float;
  if (name == "double") return TypeKind::Double;
  if (name == "string") return TypeKind::String;
  if (name == "binary") return TypeKind::Binary;
  if (name == "date") return TypeKind::Date;
  if (name == "timestamp") return TypeKind::Timestamp;
  if (name == "decimal(19,2)") return sql::Type::decimal(19, 2);
  if (name == "decimal(19,4)") return sql::Type::decimal(19, 4);
  if (name == "decimal(10,4)") return sql::Type::decimal(10, 4);
  if (name == "decimal(20,0)") return sql::Type::decimal(20, 0);
  return TypeKind::Error;
}

// The declared digits are what Delta's decimal needs; beyond 38 it has none. PostgreSQL's numeric has no number of digits
// unless they are declared.
std::optional<sql::Type> decimal_type(std::string_view source_kind, const NativeType& type, std::string* why) {
  if (type.arguments.empty() && source_kind == "sqlserver") return sql::Type::decimal(18, 0);
  if (type.arguments.empty() && source_kind == "mysql") return sql::Type::decimal(10, 0);
  if (type.arguments.empty()) {
    *why =
        fmt::format("`{}` without precision has no Delta type; declare it as {}(p, s) with the digits it really holds",
                    type.name, type.name);
    return std::nullopt;
  }
  std::optional<int> precision = number(type.arguments[0]);
  std::optional<int> scale = type.arguments.size() > 1 ? number(type.arguments[1]) : 0;
  if (!precision || !scale || *precision < 1 || *precision > 1000) {
    *why = fmt::format("`{}` has digits that no column can have", type.text());
    return std::nullopt;
  }
  if (*scale < 0) {
    *why = "a negative scale is not carried by the connector; declare numeric(p, 0) and round in a model";
    return std::nullopt;
  }
  if (*precision > 38 || *scale > *precision) {
    *why = fmt::format("`{}` has more digits than Delta's decimal(38) can hold", type.text());
    return std::nullopt;
  }
  return sql::Type::decimal(*precision, *scale);
}

/// Of several rules of one name the first that the arguments fit.
bool fits(const NativeRule& rule, const NativeType& type) {
  if (rule.most == 0) return true;
  // Two arguments of a float are how many digits are shown: as if there were none.
  bool one = type.arguments.size() == 1;
  return (one ? number(type.arguments[0]).value_or(0) : rule.absent) <= rule.most;
}

/// ZEROFILL makes an unsigned number, shown otherwise.
std::string base_name(std::string_view source_kind, const std::string& name) {
  constexpr std::string_view kZerofill = " zerofill", kUnsigned = " unsigned";
  if (source_kind != "mysql" || !name.ends_with(kZerofill)) return name;
  std::string base = name.substr(0, name.size() - kZerofill.size());
  if (!base.ends_with(kUnsigned)) base += kUnsigned;
  return base;
}

}  // namespace

std::string NativeType::text() const {
  std::string out = name;
  if (!arguments.empty()) out += fmt::format("({})", fmt::join(arguments, ", "));
  for (int i = 0; i < dimensions; ++i) out += "[]";
  return out;
}

std::optional<NativeMapping> map_native(std::string_view source_kind, const NativeType& type, std::string* why) {
  std::string name = base_name(source_kind, type.name);
  auto rule = std::find_if(tables().native.begin(), tables().native.end(), [&](const NativeRule& r) {
    return r.source == source_kind && r.name == name && fits(r, type);
  });
  if (rule == tables().native.end()) {
    *why = fmt::format("`{}` is not a type that pipec knows for {}", type.name, source_kind);
    return std::nullopt;
  }
  if (!rule->refused.empty()) {
    *why = fmt::format("`{}` cannot be captured: {}", type.text(), rule->refused);
    return std::nullopt;
  }
  if (type.dimensions > 0 && source_kind != "postgres") {
    *why = fmt::format("`{}` is no type of {}: it has no arrays", type.text(), source_kind);
    return std::nullopt;
  }
  if (type.dimensions > 1) {
    *why = fmt::format("`{}` cannot be captured: the connector carries arrays of one dimension only", type.text());
    return std::nullopt;
  }
  if (type.dimensions == 1) {
    for (const NativeRule& array : tables().refused_arrays) {
      if (array.source != source_kind || array.name != name) continue;
      *why = fmt::format("`{}` cannot be captured: {}", type.text(), array.refused);
      return std::nullopt;
    }
  }
  if (rule->arguments.empty() && !type.arguments.empty()) {
    *why = fmt::format("`{}` takes no arguments", type.name);
    return std::nullopt;
  }
  NativeMapping mapping{rule->connect, rule->landed, simple_type(rule->delta), rule->decode, rule->naive,
                        rule->loss,    rule->remedy};
  if (rule->delta == "decimal") {
    std::optional<sql::Type> decimal = decimal_type(source_kind, type, why);
    if (!decimal) return std::nullopt;
    mapping.delta = *decimal;
  }
  if (type.dimensions == 1) {
    mapping.connect = fmt::format("ARRAY<{}>", rule->connect);
    mapping.landed = fmt::format("array<{}>", rule->landed);
    mapping.delta = sql::Type::array(mapping.delta, true);
    if (mapping.decode != Decode::Same) {
      *why = fmt::format("`{}` cannot be captured: pipec does not decode arrays of `{}` yet", type.text(), type.name);
      return std::nullopt;
    }
  }
  return mapping;
}

std::vector<std::string_view> native_type_names(std::string_view source_kind) {
  std::vector<std::string_view> names;
  for (const NativeRule& rule : tables().native) {
    if (rule.source == source_kind && rule.refused.empty()) names.push_back(rule.name);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::optional<std::string> serving_type(std::string_view kind, sql::Type type, std::string* why) {
  if (type.is(sql::TypeKind::Array)) {
    std::optional<std::string> element = serving_type(kind, type.element(), why);
    if (!element || type.element().is(sql::TypeKind::Array)) {
      if (element) *why = fmt::format("`{}` has no type in {}: arrays of arrays are not carried", type.text(), kind);
      return std::nullopt;
    }
    return *element + "[]";
  }
  std::string text = type.text();
  std::string base = type.is(sql::TypeKind::Decimal) ? "decimal" : text;
  for (const ServingRule& rule : tables().serving) {
    if (rule.kind != kind || rule.delta != base) continue;
    if (type.is(sql::TypeKind::Decimal)) return fmt::format("{}({},{})", rule.type, type.precision(), type.scale());
    return rule.type;
  }
  *why = fmt::format("`{}` has no type in {}; cast it to a plain type, or to string, in the model", text, kind);
  return std::nullopt;
}

}  // namespace pipec::platform
