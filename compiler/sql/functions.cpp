// Look-up of functions and the resolution of calls that all of them share. What is special stands in
// functions_*.cpp.
#include "sql/functions.h"

#include <algorithm>

#include "sql/coercion_rules.h"
#include "sql/functions_table.h"

namespace pipec::sql {

#include "functions_table.inc"

namespace {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

uint32_t fold_hash(std::string_view name) {  // FNV-1a, as in generate_functions.py
  uint32_t hash = 2166136261u;
  for (char c : name) hash = (hash ^ static_cast<unsigned char>(lower(c))) * 16777619u;
  return hash;
}

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::span<const Signature> signatures(const FunctionInfo& function) {
  return std::span(kSignatures).subspan(function.first_signature, function.signature_count);
}
std::span<const ArgumentClass> classes(const ArgumentSpec& spec) {
  return std::span(kClasses).subspan(spec.first_class, spec.class_count);
}
bool takes(const Signature& signature, size_t count) {
  return count >= signature.required && (signature.repeats || count <= signature.argument_count);
}
bool has_names(const Signature& signature) {
  return signature.argument_count > 0 && !kArguments[signature.first_argument].name.empty();
}

std::string count_words(const FunctionInfo& function) {
  size_t least = SIZE_MAX, most = 0;
  bool repeats = false;
  for (const Signature& signature : signatures(function)) {
    least = std::min<size_t>(least, signature.required);
    most = std::max<size_t>(most, signature.argument_count);
    repeats = repeats || signature.repeats;
  }
  auto plural = [](size_t n) { return n == 1 ? " argument" : " arguments"; };
  if (repeats) return "at least " + std::to_string(least) + plural(least);
  if (most == 0) return "no argument";
  if (least == most) return std::to_string(most) + plural(most);
  if (least + 1 == most) return std::to_string(least) + " or " + std::to_string(most) + " arguments";
  return std::to_string(least) + " to " + std::to_string(most) + " arguments";
}

CallResult failed(CallError error, int argument, std::string expected) {
  CallResult result;
  result.error = error;
  result.argument = argument;
  result.expected = std::move(expected);
  return result;
}

// Puts name => value in its place. `order[i]` is the index of the given argument at place i; a gap is left
// out only at the end. nullopt: a name that the function has not, twice, or one missing before another.
std::optional<std::vector<int>> placed(const Signature& signature, std::span<const Argument> arguments, int& blamed) {
  std::vector<int> order(signature.argument_count, -1);
  size_t positional = 0;
  for (size_t i = 0; i < arguments.size(); ++i) {
    blamed = static_cast<int>(i);
    size_t place = positional;
    if (arguments[i].name.empty()) {
      if (i != positional || place >= order.size()) return std::nullopt;
      ++positional;
    } else {
      for (place = 0; place < order.size(); ++place) {
        if (same_name(kArguments[signature.first_argument + place].name, arguments[i].name)) break;
      }
      if (place == order.size()) return std::nullopt;
    }
    if (order[place] >= 0) return std::nullopt;
    order[place] = static_cast<int>(i);
  }
  return order;
}

bool is_nullable(const CallState& call) {
  switch (call.nulls) {
    case NullRule::Never:
      return false;
    case NullRule::Maybe:
      return true;
    default:
      break;
  }
  bool any = false, all = call.size() > 0, selected = false;
  for (size_t i = 0; i < call.size(); ++i) {
    if (call.arguments[i].is_lambda) continue;
    bool null = call.nullable(i);
    any = any || null;
    all = all && null;
    if (null && i < 8 && (call.null_mask >> i & 1)) selected = true;
  }
  if (call.nulls == NullRule::AllArguments) return all;
  return call.nulls == NullRule::Selected ? selected : any;
}

CallResult resolve(const FunctionInfo& function, const Signature& signature, std::span<const Argument> plain,
                   std::span<const Argument> within, std::span<const Operand> given_bodies) {
  bool named = std::any_of(plain.begin(), plain.end(), [](const Argument& a) { return !a.name.empty(); });
  std::vector<Argument> ordered;
  std::vector<int> order;
  if (named) {
    int blamed = 0;
    auto places = has_names(signature) ? placed(signature, plain, blamed) : std::nullopt;
    if (!places) return failed(CallError::WrongArgumentCount, blamed, "no argument of this name");
    for (size_t place = 0; place < places->size(); ++place) {
      if ((*places)[place] < 0) {
        if (place < signature.required) return failed(CallError::WrongArgumentCount, -1, count_words(function));
        // What is left out in the middle has its default, which is a constant that is not looked at.
        Argument absent;
        absent.operand.foldable = true;
        ordered.push_back(absent);
        order.push_back(-1);
        continue;
      }
      ordered.push_back(plain[static_cast<size_t>((*places)[place])]);
      order.push_back((*places)[place]);
    }
    while (!order.empty() && order.back() < 0) {
      order.pop_back();
      ordered.pop_back();
    }
  }
  std::vector<Argument> all;
  std::span<const Argument> arguments = named ? std::span<const Argument>(ordered) : plain;
  if (signature.within_count > 0) {
    all.assign(arguments.begin(), arguments.end());
    for (size_t i = 0; i < signature.within_count; ++i) all.push_back(i < within.size() ? within[i] : Argument());
    arguments = all;
  }
  std::vector<Type> types(arguments.size());
  std::vector<Operand> bodies;
  size_t next_body = 0;
  int unbound = -1;  // a lambda whose parameters do not fit
  bool unknown = false;
  size_t plain_count = arguments.size() - signature.within_count;
  for (size_t i = 0; i < arguments.size(); ++i) {
    size_t place = i < plain_count ? std::min<size_t>(i, signature.argument_count - 1u)
                                   : signature.argument_count + (i - plain_count);
    const ArgumentSpec& spec = kArguments[signature.first_argument + place];
    const Argument& argument = arguments[i];
    int blamed = named && i < order.size() ? order[i] : static_cast<int>(i);
    if (spec.lambda != LambdaShape::None) {
      // A value in a lambda's place is a lambda that looks at no parameter.
      if (argument.is_lambda && next_body >= given_bodies.size()) return failed(CallError::Unsupported, blamed, "");
      bodies.push_back(argument.is_lambda ? given_bodies[next_body++] : argument.operand);
      types[i] = argument.is_lambda ? Type() : argument.operand.type;
      continue;
    }
    if (argument.is_lambda) return failed(CallError::WrongArgumentType, blamed, "no lambda");
    auto type = accepted_type(classes(spec), spec.mode, argument.operand.type);
    if (!type) return failed(CallError::WrongArgumentType, blamed, class_words(classes(spec)));
    if (spec.constant && !argument.operand.foldable) {
      return failed(CallError::NotFoldable, blamed, class_words(classes(spec)));
    }
    types[i] = *type;
    bool left_out = named && i < order.size() && order[i] < 0;
    unknown = unknown || (type->is_error() && !left_out);
  }
  CallState call{function,        arguments,           bodies,          types, Type(),
                 signature.nulls, signature.null_mask, CallError::None, -1,    {}};
  if (signature.same_as != 0) {
    call.type = types[signature.same_as - 1u];
  } else if (signature.result != 0) {
    call.type = result_type(signature.result);
  } else if (!unknown) {
    signature.rule(call);
  }
  if (call.error != CallError::None) {
    int blamed = call.argument >= 0 && named ? order[static_cast<size_t>(call.argument)] : call.argument;
    std::string expected = call.error == CallError::WrongArgumentCount && call.expected.empty()
                               ? count_words(function)
                               : std::string(call.expected);
    return failed(call.error, blamed, std::move(expected));
  }
  if (unbound >= 0) return failed(CallError::WrongArgumentType, unbound, "a lambda of other parameters");
  CallResult result;
  result.call.type = call.type;
  result.call.nullable = is_nullable(call);
  for (size_t i = 0; i < types.size(); ++i) {
    if (!arguments[i].is_lambda && parses_string(arguments[i].operand.type, types[i])) result.call.lossy_string = true;
  }
  if (named) {
    std::vector<Type> given(plain.size());
    for (size_t i = 0; i < order.size(); ++i) {
      if (order[i] >= 0) given[static_cast<size_t>(order[i])] = types[i];
    }
    types = std::move(given);
  }
  result.call.argument_types = std::move(types);
  return result;
}

CallResult resolve_any(const FunctionInfo& function, std::span<const Argument> arguments,
                       std::span<const Operand> bodies) {
  size_t plain = 0;
  while (plain < arguments.size() && !arguments[plain].within_group) ++plain;
  bool named = std::any_of(arguments.begin(), arguments.end(), [](const Argument& a) { return !a.name.empty(); });
  for (const Signature& signature : signatures(function)) {
    if (named ? has_names(signature) && plain <= signature.argument_count : takes(signature, plain)) {
      return resolve(function, signature, arguments.first(plain), arguments.subspan(plain), bodies);
    }
  }
  return failed(CallError::WrongArgumentCount, -1, count_words(function));
}

}  // namespace

bool CallState::nullable(size_t i) const {
  const Operand& operand = arguments[i].operand;
  return cast_nullable(operand.type, types[i], operand.nullable, false);
}

const FunctionInfo* find_function(std::string_view name) {
  for (uint32_t at = fold_hash(name) % kSlotCount; kSlots[at] != 0; at = (at + 1) % kSlotCount) {
    const FunctionInfo& function = kFunctions[kSlots[at] - 1u];
    if (same_name(function.name, name)) return &function;
  }
  return nullptr;
}

bool is_known_to_spark(std::string_view name) {
  std::string folded(name);
  for (char& c : folded) c = lower(c);
  return std::binary_search(std::begin(kSparkNames), std::end(kSparkNames), std::string_view(folded));
}

std::vector<std::string_view> all_function_names() {
  std::vector<std::string_view> names;
  names.reserve(std::size(kFunctions));
  for (const FunctionInfo& function : kFunctions) names.push_back(function.name);
  return names;
}

const Signature* find_signature(const FunctionInfo& function, size_t count) {
  for (const Signature& signature : signatures(function)) {
    if (takes(signature, count)) return &signature;
  }
  return nullptr;
}

std::span<const ArgumentSpec> argument_specs(const Signature& signature) {
  return std::span(kArguments).subspan(signature.first_argument, signature.argument_count + signature.within_count);
}

CallResult resolve_call(const FunctionInfo& function, std::span<const Argument> arguments) {
  return resolve_any(function, arguments, {});
}

CallResult resolve_higher_order(const FunctionInfo& function, std::span<const Argument> arguments,
                                std::span<const Operand> bodies) {
  return resolve_any(function, arguments, bodies);
}

}  // namespace pipec::sql
