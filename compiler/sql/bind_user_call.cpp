// Calls of functions that the project declares: checked against their interface, expanded by the printer.
#include "sql/call.h"
#include "sql/type_sources.h"

namespace pipec::sql {

using namespace ast;

ExprId Binder::bind_user_call(CallParts& parts, const FunctionInterface& function) {
  tables_.user_calls[parts.node.value] = parts.folded;
  Expr expr;
  expr.kind = ExprKind::Call;
  expr.name = parts.folded;
  expr.type = function.broken ? Type() : function.returns;
  expr.nullable = function.nullable;
  expr.node = parts.node;
  std::vector<ExprId> given;
  for (ExprId value : parts.values) {
    if (value) given.push_back(value);
  }
  expr.argument_count = static_cast<uint32_t>(given.size());
  if (function.broken || parts.poisoned) return add(expr, given);
  if (parts.has_lambda || parts.distinct || parts.filter || !parts.within.empty() || parts.windowed) {
    return fail(diag::ArgumentClause, parts.node,
                fmt::format("`{}` is a plain function: it takes values alone", function.name.text()));
  }

  size_t most = function.parameters.size(), least = 0;
  for (const FunctionParameter& parameter : function.parameters) least += !parameter.has_default;
  std::vector<ExprId> ordered(most);
  bool named_seen = false;
  for (size_t i = 0; i < parts.values.size(); ++i) {
    size_t at = i;
    if (std::string_view name = parts.arguments[i].name; !name.empty()) {
      named_seen = true;
      Symbol folded = Symbol::of(name).folded();
      for (at = 0; at < most && function.parameters[at].name.folded() != folded; ++at) {
      }
      if (at == most) {
        std::vector<std::string_view> names;
        for (const FunctionParameter& parameter : function.parameters) names.push_back(parameter.name.text());
        auto builder = report(diag::NamedArgument, parts.nodes[i],
                              fmt::format("`{}` has no parameter `{}`", function.name.text(), name));
        if (std::string words = did_you_mean(name, names); !words.empty()) builder.help(words);
        return error(parts.node);
      }
    } else if (named_seen) {
      return fail(diag::NamedArgument, parts.nodes[i], "a plain argument cannot follow a named one");
    }
    if (at >= most) break;
    if (ordered[at]) {
      return fail(diag::NamedArgument, parts.nodes[i],
                  fmt::format("the parameter `{}` is given twice", function.parameters[at].name.text()));
    }
    ordered[at] = parts.values[i];
  }
  bool missing = parts.values.size() > most;
  for (size_t i = 0; i < most; ++i) missing = missing || (!ordered[i] && !function.parameters[i].has_default);
  if (missing) {
    std::string takes = least == most ? fmt::format("{}", most) : fmt::format("{} to {}", least, most);
    report(diag::ArgumentCount, parts.node,
           fmt::format("`{}` takes {} argument{}, but has {}", function.name.text(), takes, takes == "1" ? "" : "s",
                       parts.values.size()));
    return error(parts.node);
  }
  std::vector<ExprId> children;
  for (size_t i = 0; i < most; ++i) {
    if (!ordered[i]) continue;  // the printer writes the default
    const FunctionParameter& parameter = function.parameters[i];
    Type from = type(ordered[i]);
    NodeId where = ir_[ordered[i]].node ? ir_[ordered[i]].node : parts.node;
    if (!parameter.type.is_error() && from != parameter.type) {
      if (!can_coerce(from, parameter.type)) {
        std::vector<Symbol> from_columns = columns_within(ir_, tree_, tree_[where].span);
        from_columns.push_back(
            Symbol::of(fmt::format("{}.{}", function.name.folded().text(), parameter.name.folded().text())));
        report(diag::ArgumentType, where,
               fmt::format("`{}` of `{}` is {}, not {}", parameter.name.text(), function.name.text(),
                           parameter.type.text(), from.text()))
            .typed_by(std::move(from_columns));
        return error(where);
      }
      if (from.is_string() && !parameter.type.is_string() && ir_[ordered[i]].kind != ExprKind::Literal) {
        warn(diag::LossyString, where,
             fmt::format("this string is read as {} and fails where it is none", parameter.type.text()),
             fmt::format("say it: cast(... as {})", parameter.type.text()));
      }
    }
    children.push_back(cast_to(ordered[i], parameter.type));
  }
  expr.argument_count = static_cast<uint32_t>(children.size());
  return add(expr, children);
}

}  // namespace pipec::sql
