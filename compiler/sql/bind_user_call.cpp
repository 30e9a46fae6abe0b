// Calls of functions that the project declares: checked against their interface, expanded by the printer.
#include "sql/call.h"
#include "sql/expansion_size.h"
#include "sql/type_sources.h"
#include "sql/user_arguments.h"

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
  auto is_too_long = [&](NodeId node) {
    return expansion_size(tree_, node, {}, context_.catalog).nodes > kMostExpanded;
  };
  if (is_too_long(parts.node)) {
    if (std::any_of(parts.nodes.begin(), parts.nodes.end(), is_too_long)) return error(parts.node);  // told there
    report(diag::TooLarge, parts.node,
           fmt::format("`{}` is longer than pipec takes once it is expanded", function.name.text()))
        .help(
            "functions that use each other or an argument many times double at each step: compute parts in a subquery");
    return error(parts.node);
  }
  if (parts.has_lambda || parts.distinct || parts.filter || !parts.within.empty() || parts.windowed) {
    return fail(diag::ArgumentClause, parts.node,
                fmt::format("`{}` is a plain function: it takes values alone", function.name.text()));
  }

  std::vector<std::string_view> names;
  for (size_t i = 0; i < parts.values.size(); ++i) names.push_back(parts.arguments[i].name);
  std::vector<size_t> argument_of;
  if (std::optional<ArgumentFault> fault = match_arguments(function, names, argument_of)) {
    auto builder = report(*fault->kind, fault->argument == kNoArgument ? parts.node : parts.nodes[fault->argument],
                          std::move(fault->message));
    if (!fault->help.empty()) builder.help(std::move(fault->help));
    return error(parts.node);
  }
  std::vector<ExprId> children;
  for (size_t i = 0; i < argument_of.size(); ++i) {
    if (argument_of[i] == kNoArgument) continue;  // the printer writes the default
    const FunctionParameter& parameter = function.parameters[i];
    ExprId value = parts.values[argument_of[i]];
    Type from = type(value);
    NodeId where = ir_[value].node ? ir_[value].node : parts.node;
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
      if (from.is_string() && !parameter.type.is_string() && ir_[value].kind != ExprKind::Literal) {
        warn(diag::LossyString, where,
             fmt::format("this string is read as {} and fails where it is none", parameter.type.text()),
             fmt::format("say it: cast(... as {})", parameter.type.text()));
      }
    }
    children.push_back(cast_to(value, parameter.type));
  }
  expr.argument_count = static_cast<uint32_t>(children.size());
  ExprId call = add(expr, children);
  if (!function.clears.empty()) ir_.clears[call.value] = function.clears;
  return call;
}

}  // namespace pipec::sql
