// Which types Spark (ANSI on) lets meet, and what comes out. Pure functions over types.
// Source: Spark 4.2 AnsiTypeCoercion, DecimalPrecision, TypeCoercion; measured answers in tests/unit/sql.
#pragma once

#include <optional>
#include <span>

#include "ast/nodes.h"
#include "sql/type.h"

namespace pipec::sql {

/// A value's type as the rules need it. Literals matter: an integer literal beside a decimal counts its own
/// digits.
struct Operand {
  Type type;
  bool nullable = true;
  bool foldable = false;  // a constant expression
  /// The value of an integer literal (with its minus: -5 is one literal); of an interval literal: its months, or its
  /// microseconds.
  std::optional<int64_t> integer;
  bool decimal_literal = false;  // a decimal literal, "1.5"
};

/// The result of a binary operator and the types that its sides are cast to. nullopt: Spark's analyser
/// rejects.
struct BinaryResult {
  Type type;
  Type left;
  Type right;
  bool nullable = true;
  bool lossy_string = false;  // an implicit string to number, date or boolean: accepted, may fail on the data
  bool mixed_timestamps = false;
};
std::optional<BinaryResult> binary_result(ast::BinaryOp op, const Operand& left, const Operand& right);
std::optional<Type> unary_result(ast::UnaryOp op, const Operand& operand);
/// -'1' may be NULL by Spark's reckoning: a string was cast.
bool unary_nullable(ast::UnaryOp op, const Operand& operand);

/// The type of CASE, IF, COALESCE, IN, ARRAY(...), set operations (findWiderTypeWithoutStringPromotion and
/// its kin, ANSI).
std::optional<Type> common_type(std::span<const Type> types);
/// Of GREATEST and LEAST: a string meets nothing but strings.
std::optional<Type> common_type_without_strings(std::span<const Type> types);
/// Of a column of VALUES (ResolveInlineTables: a string meets nothing but strings).
std::optional<Type> inline_table_type(std::span<const Type> types);
/// Of set operations: the rules for columns are those of common_type; kept apart where Spark's differ.
std::optional<Type> set_operation_type(Type left, Type right);
/// Implicit cast of an argument, as ANSI allows it.
bool can_coerce(Type from, Type to);
/// The type that an argument of type `from` has where `to` is asked for (`from` itself where it is accepted).
std::optional<Type> implicit_cast(Type from, Type to);
/// An explicit CAST (Cast.canAnsiCast).
bool can_cast(Type from, Type to);
/// TRY_CAST: the same, but for the keys of a map, which cannot become NULL (Cast.canTryCast).
bool can_try_cast(Type from, Type to);
/// What comparison, ORDER BY and IN need: no map, variant or calendar interval inside
/// (TypeUtils.checkForOrderingExpr).
bool is_orderable(Type type);
/// The type, or one inside it, is of the kind.
bool holds(Type type, TypeKind kind);
/// True if a cast can turn a value that is not NULL into NULL or fail is not counted: Spark's Cast.nullable.
bool cast_nullable(Type from, Type to, bool from_nullable, bool try_cast);
/// A widening store (contract columns): no digit, character or instant can be lost.
bool widens(Type from, Type to);
/// The type that a DataType node spells. Error for one that does not exist (the name is the node's).
/// Declared in sql/type_of_node.h, since it reads a tree.

}  // namespace pipec::sql
