#include "sql/user_arguments.h"

#include <fmt/format.h>

#include "sql/diagnostics.h"

namespace pipec::sql {

std::optional<ArgumentFault> match_arguments(const FunctionInterface& function, std::span<const std::string_view> names,
                                             std::vector<size_t>& argument_of) {
  const std::vector<FunctionParameter>& parameters = function.parameters;
  std::string_view called = function.name.text();
  argument_of.assign(parameters.size(), kNoArgument);
  bool named_seen = false;
  for (size_t i = 0; i < names.size(); ++i) {
    size_t at = i;
    if (!names[i].empty()) {
      named_seen = true;
      Symbol folded = Symbol::of(names[i]).folded();
      for (at = 0; at < parameters.size() && parameters[at].name.folded() != folded; ++at) {
      }
      if (at == parameters.size()) {
        std::vector<std::string_view> known;
        for (const FunctionParameter& parameter : parameters) known.push_back(parameter.name.text());
        return ArgumentFault{&diag::NamedArgument, i, fmt::format("`{}` has no parameter `{}`", called, names[i]),
                             did_you_mean(names[i], known)};
      }
    } else if (named_seen) {
      return ArgumentFault{&diag::NamedArgument, i, "a plain argument cannot follow a named one", {}};
    }
    if (at >= parameters.size()) break;
    if (argument_of[at] != kNoArgument) {
      return ArgumentFault{
          &diag::NamedArgument, i, fmt::format("the parameter `{}` is given twice", parameters[at].name.text()), {}};
    }
    argument_of[at] = i;
  }
  size_t least = 0;
  bool missing = names.size() > parameters.size();
  for (size_t i = 0; i < parameters.size(); ++i) {
    least += !parameters[i].has_default;
    missing = missing || (argument_of[i] == kNoArgument && !parameters[i].has_default);
  }
  if (!missing) return std::nullopt;
  std::string takes =
      least == parameters.size() ? fmt::format("{}", least) : fmt::format("{} to {}", least, parameters.size());
  return ArgumentFault{
      &diag::ArgumentCount,
      kNoArgument,
      fmt::format("`{}` takes {} argument{}, but has {}", called, takes, takes == "1" ? "" : "s", names.size()),
      {}};
}

}  // namespace pipec::sql
