// Higher-order functions: what a lambda's parameters are, and the results. Source: Spark 4.2
// higherOrderFunctions.scala.
#include "sql/coercion.h"
#include "sql/coercion_rules.h"
#include "sql/functions_table.h"

namespace pipec::sql {
namespace {

Operand value(Type type, bool nullable) {
  Operand operand;
  operand.type = type;
  operand.nullable = nullable;
  return operand;
}

Operand element_of(Type array, bool nullable) {
  return array.is(TypeKind::Array) ? value(array.element(), nullable || array.contains_null()) : value(Type(), true);
}

bool check_boolean(CallState& call, int lambda) {
  Type body = call.bodies[0].type;
  if (body.is(TypeKind::Boolean) || body.is(TypeKind::Void) || body.is_error()) return true;
  call.wrong_type(lambda, "a lambda that gives a boolean");
  return false;
}

// MapZipWithTypeCoercion: keys of both maps at one type.
std::optional<Type> zipped_key(Type left, Type right) {
  if (same_type(left.key(), right.key())) return left.key();
  auto key = wider_type(left.key(), right.key(), true);
  if (!key || force_nullable(left.key(), *key) || force_nullable(right.key(), *key)) return std::nullopt;
  return key;
}

bool poisoned(const CallState& call) {
  for (const Operand& body : call.bodies) {
    if (body.type.is_error()) return true;
  }
  return false;
}

}  // namespace

std::optional<std::vector<Operand>> lambda_parameters(const FunctionInfo& function, std::span<const Argument> arguments,
                                                      int lambda_index, std::span<const Operand> earlier_bodies) {
  const Signature* signature = find_signature(function, arguments.size());
  if (signature == nullptr || static_cast<size_t>(lambda_index) >= argument_specs(*signature).size())
    return std::nullopt;
  Type first = arguments[0].operand.type;
  Type second = arguments.size() > 1 ? arguments[1].operand.type : Type();
  bool array = first.is(TypeKind::Array), map = first.is(TypeKind::Map);
  size_t arity = static_cast<size_t>(arguments[static_cast<size_t>(lambda_index)].lambda_arity);
  std::vector<Operand> parameters;
  switch (argument_specs(*signature)[static_cast<size_t>(lambda_index)].lambda) {
    case LambdaShape::None:
      return std::nullopt;
    case LambdaShape::Element:
      if (!array) return std::nullopt;
      parameters = {element_of(first, false)};
      break;
    case LambdaShape::ElementIndex:
      if (!array) return std::nullopt;
      parameters = {element_of(first, false)};
      if (arity == 2) parameters.push_back(value(TypeKind::Int, false));
      break;
    case LambdaShape::Compare:
      if (!array) return std::nullopt;
      parameters = {element_of(first, false), element_of(first, false)};
      break;
    case LambdaShape::Zip:
      if (!array || !second.is(TypeKind::Array)) return std::nullopt;
      parameters = {element_of(first, true), element_of(second, true)};
      break;
    case LambdaShape::Accumulate:  // the accumulator is taken to be NULL at some time
      if (!array) return std::nullopt;
      parameters = {value(second, true), element_of(first, false)};
      break;
    case LambdaShape::Finish:
      if (earlier_bodies.empty()) return std::nullopt;
      parameters = {value(second, true)};
      break;
    case LambdaShape::KeyValue:
      if (!map) return std::nullopt;
      parameters = {value(first.key(), false), value(first.value(), first.contains_null())};
      break;
    case LambdaShape::MapZip: {
      if (!map || !second.is(TypeKind::Map)) return std::nullopt;
      auto key = zipped_key(first, second);
      if (!key) return std::nullopt;
      parameters = {value(*key, false), value(first.value(), true), value(second.value(), true)};
      break;
    }
  }
  if (parameters.size() != arity) return std::nullopt;
  return parameters;
}

namespace rules {

void transform(CallState& call) {
  if (poisoned(call)) return call.give(Type(), call.nulls);
  call.give(Type::array(call.bodies[0].type, call.bodies[0].nullable), call.nulls);
}

void filter_elements(CallState& call) {
  if (check_boolean(call, 1)) call.give(call.types[0], call.nulls);
}

void any_element(CallState& call) {  // exists and forall follow three-valued logic
  if (!check_boolean(call, 1)) return;
  bool null = call.nullable(0) || call.bodies[0].nullable;
  call.give(TypeKind::Boolean, null ? NullRule::Maybe : NullRule::Never);
}

void aggregate(CallState& call) {
  if (poisoned(call)) return call.give(Type(), call.nulls);
  Type start = call.types[1];
  if (!same_shape(call.bodies[0].type, start)) return call.wrong_type(2, "a lambda that gives the type of the start");
  if (call.bodies.size() == 1) return call.give(start, NullRule::Maybe);
  bool null = call.nullable(0) || call.bodies[1].nullable;
  call.give(call.bodies[1].type, null ? NullRule::Maybe : NullRule::Never);
}

void zip_with(CallState& call) {
  transform(call);
}

void transform_keys(CallState& call) {
  if (poisoned(call)) return call.give(Type(), call.nulls);
  Type map = call.types[0], key = call.bodies[0].type;
  if (key.is(TypeKind::Map) || key.is(TypeKind::Variant)) return call.wrong_type(1, "a lambda that gives a key");
  call.give(Type::map(key, map.value(), map.contains_null()), call.nulls);
}

void transform_values(CallState& call) {
  if (poisoned(call)) return call.give(Type(), call.nulls);
  call.give(Type::map(call.types[0].key(), call.bodies[0].type, call.bodies[0].nullable), call.nulls);
}

void map_zip_with(CallState& call) {
  auto key = zipped_key(call.types[0], call.types[1]);
  if (!key) return call.wrong_type(1, "a map whose keys fit the first one's");
  if (poisoned(call)) return call.give(Type(), call.nulls);
  for (size_t i = 0; i < 2; ++i) {
    Type map = call.types[i];
    if (!same_type(map.key(), *key)) call.types[i] = Type::map(*key, map.value(), map.contains_null());
  }
  call.give(Type::map(*key, call.bodies[0].type, call.bodies[0].nullable), call.nulls);
}

}  // namespace rules
}  // namespace pipec::sql
