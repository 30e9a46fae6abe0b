// What the rules of several kinds of functions share.
#pragma once

#include <optional>

#include "sql/functions_table.h"

namespace pipec::sql {

/// Array functions ask TypeCoercion.findWiderTypeWithoutStringPromotionForTwo, ANSI or not: an integer beside
/// a float stays a float there.
std::optional<Type> legacy_wider(Type a, Type b);
/// A map anywhere inside.
bool has_map(Type type);
/// Casts every `step`th argument from `first` on to their common type; nullopt: they have none, which is
/// reported.
std::optional<Type> common_of(CallState& call, size_t first, size_t step);
/// Whether one of them may be NULL after its cast.
bool any_nullable(const CallState& call, size_t first, size_t step);
NullRule maybe_if(bool null, const CallState& call);
std::string upper_case(std::string_view text);  // ASCII

}  // namespace pipec::sql
