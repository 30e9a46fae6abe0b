#include "sql/functions_rules.h"

#include "sql/coercion.h"
#include "sql/coercion_rules.h"

namespace pipec::sql {

std::optional<Type> legacy_wider(Type a, Type b) {
  bool float_only = (a.is(TypeKind::Float) && b.is_integral()) || (b.is(TypeKind::Float) && a.is_integral());
  return float_only ? std::optional<Type>(TypeKind::Float) : wider_type(a, b, false);
}

bool has_map(Type type) {
  switch (type.kind()) {
    case TypeKind::Map:
      return true;
    case TypeKind::Array:
      return has_map(type.element());
    case TypeKind::Struct:
      for (const StructFieldType& field : type.fields()) {
        if (has_map(field.type)) return true;
      }
      return false;
    default:
      return false;
  }
}

std::optional<Type> common_of(CallState& call, size_t first, size_t step) {
  std::vector<Type> types;
  for (size_t i = first; i < call.size(); i += step) {
    types.push_back(call.types[i]);
    if (!common_type(types)) {
      call.wrong_type(static_cast<int>(i), "a type that fits the others");
      return std::nullopt;
    }
  }
  Type common = *common_type(types);
  for (size_t i = first; i < call.size(); i += step) {
    if (!same_type(call.types[i], common)) call.types[i] = common;
  }
  return common;
}

bool any_nullable(const CallState& call, size_t first, size_t step) {
  for (size_t i = first; i < call.size(); i += step) {
    if (call.nullable(i)) return true;
  }
  return false;
}

NullRule maybe_if(bool null, const CallState& call) {
  return null ? NullRule::Maybe : call.nulls;
}

std::string upper_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

}  // namespace pipec::sql
