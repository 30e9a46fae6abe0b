// Rules of arrays. Source: Spark 4.2 collectionOperations.scala, complexTypeExtractors.scala.
#include <algorithm>

#include "sql/coercion.h"
#include "sql/coercion_rules.h"
#include "sql/functions_rules.h"

namespace pipec::sql {
namespace {

bool check_array(CallState& call, size_t i) {
  if (call.types[i].is(TypeKind::Array)) return true;
  call.wrong_type(static_cast<int>(i), "an array");
  return false;
}

// The array and an element of it, cast to what both fit; nullopt where they do not.
bool with_element(CallState& call, size_t element) {
  if (!check_array(call, 0)) return false;
  Type array = call.types[0];
  auto common = legacy_wider(array.element(), call.types[element]);
  if (!common) {
    call.wrong_type(static_cast<int>(element), "a type that fits the array's elements");
    return false;
  }
  if (!same_type(array.element(), *common)) call.types[0] = Type::array(*common, array.contains_null());
  if (!same_type(call.types[element], *common)) call.types[element] = *common;
  return true;
}

bool check_orderable(CallState& call, size_t i, Type type) {
  if (is_orderable(type)) return true;
  call.wrong_type(static_cast<int>(i), "elements that can be compared");
  return false;
}

bool two_arrays(CallState& call) {
  if (!check_array(call, 0) || !check_array(call, 1)) return false;
  Type left = call.types[0], right = call.types[1];
  auto common = legacy_wider(left.element(), right.element());
  if (!common) {
    call.wrong_type(1, "an array that fits the first one");
    return false;
  }
  if (!same_type(left.element(), *common)) call.types[0] = Type::array(*common, left.contains_null());
  if (!same_type(right.element(), *common)) call.types[1] = Type::array(*common, right.contains_null());
  return check_orderable(call, 0, *common);
}

}  // namespace

namespace rules {

void array_of(CallState& call) {
  auto common = common_of(call, 0, 1);
  if (common) call.give(Type::array(*common, any_nullable(call, 0, 1)), NullRule::Never);
}

void array_append(CallState& call) {
  if (with_element(call, 1)) call.give(Type::array(call.types[0].element(), true), call.nulls);
}

void array_insert(CallState& call) {
  Type position = call.types[1];
  if (!position.is_integral() || position.is(TypeKind::BigInt)) {
    return call.wrong_type(1, "an int, smallint or tinyint");
  }
  call.types[1] = TypeKind::Int;
  if (with_element(call, 2)) call.give(Type::array(call.types[0].element(), true), call.nulls);
}

void array_compact(CallState& call) {
  call.give(Type::array(call.types[0].element(), false));
}

void array_contains(CallState& call) {
  if (call.given(1).is(TypeKind::Void)) return call.wrong_type(1, "a value");
  if (!with_element(call, 1) || !check_orderable(call, 1, call.types[1])) return;
  call.give(TypeKind::Boolean, maybe_if(call.types[0].contains_null(), call));
}

void array_position(CallState& call) {
  if (with_element(call, 1) && check_orderable(call, 1, call.types[1])) call.give(TypeKind::BigInt);
}

void array_remove(CallState& call) {
  if (with_element(call, 1) && check_orderable(call, 1, call.types[1])) call.give(call.types[0]);
}

void array_repeat(CallState& call) {
  call.give(Type::array(call.types[0], call.nullable(0)), call.nulls);
}

void array_except(CallState& call) {
  if (two_arrays(call)) call.give(call.types[0]);
}

void array_union(CallState& call) {
  if (!two_arrays(call)) return;
  call.give(Type::array(call.types[0].element(), call.types[0].contains_null() || call.types[1].contains_null()));
}

void array_intersect(CallState& call) {
  if (!two_arrays(call)) return;
  call.give(Type::array(call.types[0].element(), call.types[0].contains_null() && call.types[1].contains_null()));
}

void arrays_overlap(CallState& call) {
  if (!two_arrays(call)) return;
  call.give(TypeKind::Boolean, maybe_if(call.types[0].contains_null() || call.types[1].contains_null(), call));
}

void array_extreme(CallState& call) {
  if (check_orderable(call, 0, call.types[0].element())) call.give(call.types[0].element(), NullRule::Maybe);
}

void orderable_elements(CallState& call) {
  if (check_orderable(call, 0, call.types[0].element())) call.give(call.types[0]);
}

void array_sort(CallState& call) {
  if (call.given(0).is(TypeKind::Void)) return call.wrong_type(0, "an array");
  if (call.bodies.empty()) return orderable_elements(call);
  Type body = call.bodies[0].type;
  if (!body.is(TypeKind::Int) && !body.is_error()) return call.wrong_type(1, "a lambda that gives an int");
  call.give(call.types[0]);
}

void arrays_zip(CallState& call) {
  std::vector<StructFieldType> fields;
  for (size_t i = 0; i < call.size(); ++i) {
    std::string_view name = call.arguments[i].column_name;
    fields.push_back({name.empty() ? Symbol::of(std::to_string(i)) : Symbol::of(name), call.types[i].element(), true});
  }
  call.give(Type::array(Type::structure(std::move(fields)), false));
}

void element_at(CallState& call) {
  Type collection = call.types[0];
  if (collection.is(TypeKind::Map)) {
    auto key = legacy_wider(collection.key(), call.types[1]);
    if (!key || call.given(1).is(TypeKind::Void)) return call.wrong_type(1, "a type that fits the map's keys");
    if (!same_type(*key, collection.key())) {
      call.types[0] = Type::map(*key, collection.value(), collection.contains_null());
    }
    if (!same_type(*key, call.types[1])) call.types[1] = *key;
    if (!is_orderable(*key)) return call.wrong_type(1, "a key that can be compared");
    return call.give(collection.value(), NullRule::Maybe);
  }
  if (!collection.is(TypeKind::Array)) return call.wrong_type(0, "an array or map");
  if (!call.types[1].is_integral() || call.types[1].is(TypeKind::BigInt)) {
    return call.wrong_type(1, "an int, smallint or tinyint");
  }
  call.types[1] = TypeKind::Int;
  // An index that is a constant may lie outside; for any other one ANSI raises an error instead of giving
  // NULL.
  bool null = call.nullable(0) || collection.contains_null() || call.arguments[1].operand.foldable;
  call.give(collection.element(), null || call.nulls == NullRule::Maybe ? NullRule::Maybe : NullRule::Never);
}

void get(CallState& call) {
  if (!check_array(call, 0)) return;
  auto index = call.types[1].is_integral() ? std::optional(call.types[1]) : implicit_cast(call.types[1], TypeKind::Int);
  if (!index) return call.wrong_type(1, "a whole number");
  call.types[1] = *index;
  call.give(call.types[0].element(), NullRule::Maybe);
}

void flatten(CallState& call) {
  Type outer = call.types[0];
  if (!outer.is(TypeKind::Array) || !outer.element().is(TypeKind::Array)) {
    return call.wrong_type(0, "an array of arrays");
  }
  call.give(outer.element(), maybe_if(outer.contains_null(), call));
}

void sequence(CallState& call) {
  bool interval_step = call.size() > 2 && call.types[2].is_interval();
  std::span<const Type> bounds = std::span(call.types).first(interval_step ? 2 : call.size());
  auto common = common_type(bounds);
  if (!common) return call.wrong_type(1, "the type of the first argument");
  bool numbers = common->is_integral();
  if (numbers ? interval_step : !common->is_datetime() || (call.size() > 2 && !interval_step)) {
    return call.wrong_type(numbers ? 2 : 0, numbers ? "a whole number" : "whole numbers, dates or timestamps");
  }
  for (size_t i = 0; i < bounds.size(); ++i) call.types[i] = *common;
  call.give(Type::array(*common, false));
}

void vector_float(CallState& call) {
  for (size_t i = 0; i < call.size(); ++i) {
    if (call.given(i).is(TypeKind::Void)) return call.wrong_type(static_cast<int>(i), "an array of floats");
  }
  call.give(TypeKind::Float, NullRule::Maybe);
}

void vector_array(CallState& call) {
  vector_float(call);
  call.give(Type::array(TypeKind::Float, true), NullRule::Maybe);
}

}  // namespace rules
}  // namespace pipec::sql
