// The shape of the tables that generate_functions.py makes of functions.txt, and of the rules that they point
// to.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "sql/functions.h"

namespace pipec::sql {

/// What an argument may be: a type or one of Spark's abstract types (AbstractDataType).
enum class ArgumentClass : uint8_t {
  Any,
  Boolean,
  TinyInt,
  SmallInt,
  Int,
  BigInt,
  Float,
  Double,
  Decimal,
  Decimal10_0,
  Decimal16_6,
  Decimal18_6,
  String,
  Binary,
  Date,
  Time,
  Timestamp,
  TimestampNtz,
  CalendarInterval,
  IntervalYearMonth,
  IntervalDayTime,
  Variant,
  Void,
  Numeric,
  Integral,
  Array,
  ArrayString,
  ArrayDouble,
  ArrayFloat,
  ArrayInt,
  ArrayBigInt,
  Map,
  MapStringString,
  Struct,
};
enum class ArgumentMode : uint8_t { Implicit, Exact, Cast };
enum class LambdaShape : uint8_t { None, Compare, Accumulate, Finish, Element, ElementIndex, KeyValue, Zip, MapZip };
enum class NullRule : uint8_t { AnyArgument, Never, Maybe, AllArguments, Selected };

struct ArgumentSpec {
  std::string_view name;  // where name => value is allowed
  uint16_t first_class;
  uint8_t class_count;
  ArgumentMode mode;
  LambdaShape lambda;
  bool constant;
  bool within;  // the key of WITHIN GROUP
};

struct CallState;
using Rule = void (*)(CallState&);

struct Signature {
  uint16_t first_argument;
  uint8_t argument_count;  // without the keys of WITHIN GROUP, which follow them
  uint8_t required;
  bool repeats;  // the last argument may be given any number of times
  uint8_t within_count;
  uint8_t same_as;  // the result is the type of this argument (from 1), or 0
  uint8_t result;   // index of a type from 1, or 0
  uint8_t null_mask;
  NullRule nulls;
  Rule rule;
};

/// A call while its rule looks at it. `types` starts as what the signature's casts make of the arguments.
struct CallState {
  const FunctionInfo& function;
  std::span<const Argument> arguments;  // in the signature's order, keys of WITHIN GROUP last
  std::span<const Operand> bodies;      // of the lambdas, in order
  std::vector<Type>& types;
  Type type;
  NullRule nulls = NullRule::AnyArgument;
  uint8_t null_mask = 0;
  CallError error = CallError::None;
  int argument = -1;
  std::string_view expected;

  size_t size() const { return types.size(); }
  Type given(size_t i) const { return arguments[i].operand.type; }
  Operand operand(size_t i) const {
    Operand result = arguments[i].operand;
    result.type = types[i];
    result.nullable = nullable(i);
    return result;
  }
  /// Whether argument `i` may be NULL after its cast.
  bool nullable(size_t i) const;
  void fail(CallError why, int which, std::string_view what) {
    if (error != CallError::None) return;
    error = why;
    argument = which;
    expected = what;
  }
  void wrong_type(int which, std::string_view what) { fail(CallError::WrongArgumentType, which, what); }
  void give(Type result) { type = result; }
  void give(Type result, NullRule rule) {
    type = result;
    nulls = rule;
  }
};

/// The type that `from` takes where one of `classes` is asked for (AnsiTypeCoercion.implicitCast; for Exact:
/// ExpectsInputTypes, where only NULL is cast).
std::optional<Type> accepted_type(std::span<const ArgumentClass> classes, ArgumentMode mode, Type from);
/// Words for the diagnostic.
std::string class_words(std::span<const ArgumentClass> classes);

/// A type in a string literal, as from_json and variant_get take it: "a INT, b ARRAY<STRING>",
/// "map<string,int>". Everything in it may be NULL. nullopt: not understood.
std::optional<Type> parse_type_text(std::string_view text, bool allow_columns);

/// The lambdas of a signature; nullptr if it has none.
const Signature* find_signature(const FunctionInfo& function, size_t arguments);
std::span<const ArgumentSpec> argument_specs(const Signature& signature);

}  // namespace pipec::sql
