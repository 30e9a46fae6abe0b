// Rules of aggregates, window functions and generators. Source: Spark 4.2 expressions/aggregate,
// windowExpressions .scala, generators.scala.
#include <algorithm>

#include "sql/coercion.h"
#include "sql/coercion_rules.h"
#include "sql/decimal.h"
#include "sql/functions_rules.h"

namespace pipec::sql {
namespace {

bool is_ansi_interval(Type type) {
  return type.is(TypeKind::IntervalYearMonth) || type.is(TypeKind::IntervalDayTime);
}

// DecimalType.bounded.
Type bounded(int precision, int scale) {
  return Type::decimal(std::min(precision, kMaxPrecision), std::min(scale, kMaxPrecision));
}

Type widest_interval(Type type) {
  return type.is(TypeKind::IntervalYearMonth) ? Type::interval(IntervalField::Year, IntervalField::Month)
                                              : Type::interval(IntervalField::Day, IntervalField::Second);
}

// What sum and avg take; a timestamp becomes its seconds ("Hive lets you do aggregation of timestamps").
bool summable(CallState& call) {
  Type type = call.types[0];
  if (type.is(TypeKind::Timestamp) || type.is_string() || type.is(TypeKind::Void)) call.types[0] = TypeKind::Double;
  if (call.types[0].is_numeric() || is_ansi_interval(call.types[0])) return true;
  call.wrong_type(0, "a number or interval");
  return false;
}

Type average_type(Type type) {
  if (type.is(TypeKind::Decimal)) return bounded(type.precision() + 4, type.scale() + 4);
  if (is_ansi_interval(type)) return widest_interval(type);
  return TypeKind::Double;
}

Type percentile_type(Type value, Type percentage) {
  Type type = is_ansi_interval(value) ? widest_interval(value) : Type(TypeKind::Double);
  return percentage.is(TypeKind::Array) ? Type::array(type, false) : type;
}

bool check_orderable(CallState& call, size_t i) {
  if (is_orderable(call.types[i])) return true;
  call.wrong_type(static_cast<int>(i), "a type that can be compared");
  return false;
}

void sketch(CallState& call, TypeKind kind) {
  Type type = kind;
  call.give(call.types[1].is(TypeKind::Array) ? Type::array(type, false) : type);
}

Type columns(std::vector<StructFieldType> fields) {
  return Type::structure(std::move(fields));
}

}  // namespace

namespace rules {

void sum(CallState& call) {
  if (!summable(call)) return;
  Type type = call.types[0];
  if (type.is(TypeKind::Decimal)) return call.give(bounded(type.precision() + 10, type.scale()), call.nulls);
  if (type.is_integral()) return call.give(TypeKind::BigInt, call.nulls);
  call.give(is_ansi_interval(type) ? type : Type(TypeKind::Double), call.nulls);
}

void average(CallState& call) {
  if (summable(call)) call.give(average_type(call.types[0]), call.nulls);
}

void regression_x(CallState& call) {
  call.give(average_type(call.types[1]), call.nulls);
}
void regression_y(CallState& call) {
  call.give(average_type(call.types[0]), call.nulls);
}

void orderable(CallState& call) {
  if (check_orderable(call, 0)) call.give(call.types[0], call.nulls);
}

void extreme_by(CallState& call) {
  if (!check_orderable(call, 1)) return;
  if (call.size() > 2) {
    constexpr int64_t kMost = 100000;
    auto count = call.arguments[2].operand.integer;
    if (count && (*count < 1 || *count > kMost)) return call.fail(CallError::BadLiteral, 2, "1 to 100000");
  }
  call.give(call.size() > 2 ? Type::array(call.types[0], true) : call.types[0], call.nulls);
}

void collect(CallState& call) {
  call.give(Type::array(call.types[0], false), call.nulls);
}

void collect_set(CallState& call) {
  if (has_map(call.types[0])) return call.wrong_type(0, "a type without a map");
  collect(call);
}

void percentile(CallState& call) {
  call.give(percentile_type(call.types[0], call.size() > 1 ? call.types[1] : Type(TypeKind::Double)), call.nulls);
}

void percentile_within(CallState& call) {
  call.give(percentile_type(call.types[1], call.types[0]), call.nulls);
}

void percentile_approx(CallState& call) {
  call.give(call.types[1].is(TypeKind::Array) ? Type::array(call.types[0], false) : call.types[0], call.nulls);
}

void histogram(CallState& call) {
  Type bin = columns({{Symbol::of("x"), call.types[0], true}, {Symbol::of("y"), TypeKind::Double, true}});
  call.give(Type::array(bin, true), call.nulls);
}

void approx_top_k(CallState& call) {
  Type item = columns({{Symbol::of("item"), call.types[0], true}, {Symbol::of("count"), TypeKind::BigInt, false}});
  call.give(Type::array(item, false), call.nulls);
}

void approx_top_k_state(CallState& call) {
  call.give(columns({{Symbol::of("sketch"), TypeKind::Binary, false},
                     {Symbol::of("maxItemsTracked"), TypeKind::Int, false},
                     {Symbol::of("itemDataType"), call.types[0], true},
                     {Symbol::of("itemDataTypeDDL"), TypeKind::String, false}}),
            call.nulls);
}

void list_agg(CallState& call) {
  if (call.size() > 1 && !call.types[1].is(TypeKind::Void) &&
      call.types[1].is(TypeKind::Binary) != call.types[0].is(TypeKind::Binary)) {
    return call.wrong_type(1, "the type of the first argument");
  }
  call.give(as_string(call.types[0]), call.nulls);
}

void vector_sum(CallState& call) {
  call.give(Type::array(TypeKind::Float, false), call.nulls);
}

void sketch_bigint(CallState& call) {
  sketch(call, TypeKind::BigInt);
}
void sketch_double(CallState& call) {
  sketch(call, TypeKind::Double);
}
void sketch_float(CallState& call) {
  sketch(call, TypeKind::Float);
}

void offset_value(CallState& call) {  // lag and lead: NULL outside the partition unless a default is given
  Type type = call.types[0];
  bool null = call.nullable(0) || call.size() < 3 || call.given(2).is(TypeKind::Void);
  if (call.size() > 2 && !call.given(2).is(TypeKind::Void)) {
    auto cast = implicit_cast(call.types[2], type);
    if (!cast) return call.wrong_type(2, "the type of the first argument");
    call.types[2] = *cast;
    null = null || call.nullable(2);
  }
  call.give(type, null ? NullRule::Maybe : NullRule::Never);
}

void explode(CallState& call) {
  Type type = call.types[0];
  if (type.is(TypeKind::Array)) {
    return call.give(columns({{Symbol::of("col"), type.element(), type.contains_null()}}), NullRule::Never);
  }
  if (!type.is(TypeKind::Map)) return call.wrong_type(0, "an array or map");
  call.give(
      columns({{Symbol::of("key"), type.key(), false}, {Symbol::of("value"), type.value(), type.contains_null()}}),
      NullRule::Never);
}

void pos_explode(CallState& call) {
  explode(call);
  if (call.error != CallError::None) return;
  std::vector<StructFieldType> fields{{Symbol::of("pos"), TypeKind::Int, false}};
  for (const StructFieldType& field : call.type.fields()) fields.push_back(field);
  call.give(columns(std::move(fields)), NullRule::Never);
}

void inline_struct(CallState& call) {
  Type type = call.types[0];
  if (!type.is(TypeKind::Array) || !type.element().is(TypeKind::Struct)) {
    return call.wrong_type(0, "an array of structs");
  }
  auto fields = type.element().fields();
  std::vector<StructFieldType> result(fields.begin(), fields.end());
  for (StructFieldType& field : result) field.nullable = field.nullable || type.contains_null();
  call.give(columns(std::move(result)), NullRule::Never);
}

void stack(CallState& call) {
  if (!call.arguments[0].operand.integer) return call.give(Type(), NullRule::Never);
  int64_t rows = *call.arguments[0].operand.integer;
  if (rows <= 0) return call.fail(CallError::BadLiteral, 0, "a number of rows");
  size_t values = call.size() - 1;
  size_t width = (values + static_cast<size_t>(rows) - 1) / static_cast<size_t>(rows);
  std::vector<StructFieldType> fields;
  for (size_t column = 0; column < width; ++column) {
    Type type = TypeKind::Void;
    for (size_t i = column + 1; i <= values; i += width) {
      if (call.types[i].is(TypeKind::Void)) continue;
      if (type.is(TypeKind::Void)) type = call.types[i];
      if (!same_type(call.types[i], type)) return call.wrong_type(static_cast<int>(i), "the type of its column");
    }
    fields.push_back({Symbol::of("col" + std::to_string(column)), type, true});
  }
  call.give(columns(std::move(fields)), NullRule::Never);
}

void range(CallState& call) {
  auto step = call.size() > 2 ? call.arguments[2].operand.integer : std::nullopt;
  if (step && *step == 0) return call.fail(CallError::BadLiteral, 2, "a step other than zero");
  call.give(columns({{Symbol::of("id"), TypeKind::BigInt, false}}), NullRule::Never);
}

void json_tuple(CallState& call) {
  std::vector<StructFieldType> fields;
  for (size_t i = 0; i < call.size(); ++i) {
    if (!call.types[i].is_string() && !call.types[i].is(TypeKind::Void)) {
      return call.wrong_type(static_cast<int>(i), "a string");
    }
    if (i > 0) fields.push_back({Symbol::of("c" + std::to_string(i - 1)), TypeKind::String, true});
  }
  call.give(columns(std::move(fields)), NullRule::Never);
}

}  // namespace rules
}  // namespace pipec::sql
