// Rules of maps and structs. Source: Spark 4.2 collectionOperations.scala, complexTypeCreator.scala.
#include "sql/coercion.h"
#include "sql/coercion_rules.h"
#include "sql/functions_rules.h"

namespace pipec::sql {
namespace {

bool check_key(CallState& call, size_t i, Type key) {  // TypeUtils.checkForMapKeyType
  if (!has_map(key) && !key.is(TypeKind::Variant)) return true;
  call.wrong_type(static_cast<int>(i), "a key without a map or variant");
  return false;
}

}  // namespace

namespace rules {

void map_of(CallState& call) {
  if (call.size() % 2 != 0) return call.fail(CallError::WrongArgumentCount, -1, "an even number of arguments");
  auto key = common_of(call, 0, 2);
  if (!key || (call.size() > 0 && !check_key(call, 0, *key))) return;
  auto value = common_of(call, 1, 2);
  if (value) call.give(Type::map(*key, *value, any_nullable(call, 1, 2)), NullRule::Never);
}

void map_concat(CallState& call) {
  if (call.size() == 0) return call.give(Type::map(TypeKind::String, TypeKind::String, true), NullRule::Never);
  for (size_t i = 0; i < call.size(); ++i) {
    if (!call.types[i].is(TypeKind::Map)) return call.wrong_type(static_cast<int>(i), "a map");
  }
  if (auto common = common_of(call, 0, 1)) call.give(*common);
}

void map_contains_key(CallState& call) {
  Type map = call.types[0];
  if (!map.is(TypeKind::Map)) return call.wrong_type(0, "a map");
  if (call.given(1).is(TypeKind::Void)) return call.wrong_type(1, "a value");
  auto key = legacy_wider(map.key(), call.types[1]);
  if (!key) return call.wrong_type(1, "a type that fits the map's keys");
  if (!same_type(*key, map.key())) call.types[0] = Type::map(*key, map.value(), map.contains_null());
  if (!same_type(*key, call.types[1])) call.types[1] = *key;
  call.give(TypeKind::Boolean, NullRule::Maybe);
}

void map_entries(CallState& call) {
  Type map = call.types[0];
  Type entry =
      Type::structure({{Symbol::of("key"), map.key(), false}, {Symbol::of("value"), map.value(), map.contains_null()}});
  call.give(Type::array(entry, false));
}

void map_keys(CallState& call) {
  call.give(Type::array(call.types[0].key(), true));
}
void map_values(CallState& call) {
  call.give(Type::array(call.types[0].value(), true));
}

void map_from_arrays(CallState& call) {
  Type key = call.types[0].element();
  if (!check_key(call, 0, key)) return;
  call.give(Type::map(key, call.types[1].element(), call.types[1].contains_null()));
}

void map_from_entries(CallState& call) {
  Type array = call.types[0];
  if (!array.is(TypeKind::Array) || !array.element().is(TypeKind::Struct) || array.element().fields().size() != 2) {
    return call.wrong_type(0, "an array of structs with two fields");
  }
  auto fields = array.element().fields();
  if (!check_key(call, 0, fields[0].type)) return;
  call.give(Type::map(fields[0].type, fields[1].type, fields[1].nullable), maybe_if(array.contains_null(), call));
}

void named_struct(CallState& call) {
  if (call.size() % 2 != 0) return call.fail(CallError::WrongArgumentCount, -1, "an even number of arguments");
  std::vector<StructFieldType> fields;
  for (size_t i = 0; i < call.size(); i += 2) {
    if (!call.arguments[i].is_string_literal) {
      if (!call.given(i).is_string()) return call.wrong_type(static_cast<int>(i), "the name of a field");
      if (!call.arguments[i].operand.foldable) return call.fail(CallError::NotFoldable, static_cast<int>(i), "a name");
      return call.give(Type(), NullRule::Never);
    }
    fields.push_back({Symbol::of(call.arguments[i].string_literal), call.types[i + 1], call.nullable(i + 1)});
  }
  call.give(Type::structure(std::move(fields)), NullRule::Never);
}

void struct_of(CallState& call) {
  std::vector<StructFieldType> fields;
  for (size_t i = 0; i < call.size(); ++i) {
    std::string_view name = call.arguments[i].column_name;
    fields.push_back(
        {name.empty() ? Symbol::of("col" + std::to_string(i + 1)) : Symbol::of(name), call.types[i], call.nullable(i)});
  }
  call.give(Type::structure(std::move(fields)), NullRule::Never);
}

}  // namespace rules
}  // namespace pipec::sql
