// The rules behind sql/coercion.h, shared by operators, casts and functions of this folder.
#pragma once

#include <optional>
#include <span>

#include "sql/type.h"

namespace pipec::sql {

bool is_atomic(Type type);
/// Cast.forceNullable: a value that is not NULL may come out as NULL, by Spark's reckoning.
bool force_nullable(Type from, Type to);
/// UpCastRule.canUpCast: nothing is lost.
bool can_up_cast(Type from, Type to);
/// Cast.canANSIStoreAssign: what an INSERT casts by itself, and what a function's argument is cast to.
bool can_store(Type from, Type to);
/// char(n) and varchar(n) meet other types as string.
Type as_string(Type type);
/// Equal but for what may be NULL (and the case of field names).
bool same_type(Type a, Type b);
/// Equal but for what may be NULL and the names of fields: what comparison asks.
bool same_shape(Type a, Type b);
/// AnsiTypeCoercion.findTightestCommonType: no decimal is widened, no string promoted.
std::optional<Type> tightest_type(Type a, Type b);
/// The type that a string takes beside another one (findWiderTypeForString); nullopt: none.
std::optional<Type> promoted_string(Type other);
/// findWiderTypeForTwo and, without promotion of strings, findWiderTypeWithoutStringPromotionForTwo.
std::optional<Type> wider_type(Type a, Type b, bool promote_strings);
/// An implicit string to number, date or boolean, at any depth.
bool parses_string(Type from, Type to);
/// The same type with NULL allowed in elements, values and fields wherever `flags` allows it.
Type merged_nulls(Type type, Type flags);

}  // namespace pipec::sql
