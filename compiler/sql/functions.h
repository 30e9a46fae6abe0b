// The function catalogue: one readable data file (compiler/sql/functions.txt), embedded at build time.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sql/coercion.h"
#include "sql/type.h"

namespace pipec::sql {

enum class FunctionKind : uint8_t { Scalar, Aggregate, Window, Generator, Table };
/// Time: current_timestamp and its kin.
enum class Determinism : uint8_t { Deterministic, Nondeterministic, Time };

struct FunctionInfo {
  std::string_view name;
  FunctionKind kind = FunctionKind::Scalar;
  Determinism determinism = Determinism::Deterministic;
  uint16_t first_signature = 0, signature_count = 0;
};

/// nullptr if Spark has no such built-in function, or the catalogue does not know it yet (`is_known_to_spark`
/// tells).
const FunctionInfo* find_function(std::string_view name);  // any case
/// A name that Spark has and the catalogue has not: "not supported yet" rather than "does not exist".
bool is_known_to_spark(std::string_view name);
std::vector<std::string_view> all_function_names();  // sorted

/// An argument: a value, or a lambda whose body is bound once its parameters' types are known.
struct Argument {
  Operand operand;
  bool is_lambda = false;
  int lambda_arity = 0;
  std::string_view string_literal;  // its value: from_json's schema, formats, fields
  bool is_string_literal = false;
  std::string_view name;         // of name => value
  std::string_view column_name;  // of a column, field or alias: the names of what arrays_zip and struct give
  bool within_group = false;     // a key of WITHIN GROUP (ORDER BY ...); such arguments come last
};

struct ResolvedCall {
  Type type;
  bool nullable = true;
  std::vector<Type> argument_types;  // after implicit casts, in order
  bool lossy_string = false;
};
enum class CallError : uint8_t { None, WrongArgumentCount, WrongArgumentType, BadLiteral, NotFoldable, Unsupported };
struct CallResult {
  CallError error = CallError::None;
  int argument = -1;     // index of the argument to blame
  std::string expected;  // words: "1 or 2 arguments", "a numeric type"
  ResolvedCall call;
};
/// Resolves a call of a function without lambda arguments. Generators give the struct of their output
/// columns.
CallResult resolve_call(const FunctionInfo& function, std::span<const Argument> arguments);

/// Higher-order functions: the types of a lambda's parameters given the other arguments, then the result
/// given the bodies' types. `transform(array<int>, x -> ...)`.
std::optional<std::vector<Operand>> lambda_parameters(const FunctionInfo& function, std::span<const Argument> arguments,
                                                      int lambda_index, std::span<const Operand> earlier_bodies);
CallResult resolve_higher_order(const FunctionInfo& function, std::span<const Argument> arguments,
                                std::span<const Operand> bodies);

}  // namespace pipec::sql
