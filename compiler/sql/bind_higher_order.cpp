// Higher-order functions: each lambda is bound once the types of its parameters are known.
#include "sql/call.h"

namespace pipec::sql {

using namespace ast;

ExprId Binder::bind_higher_order(CallParts& parts) {
  const FunctionInfo* function = find_function(parts.folded.text());
  std::vector<Operand> bodies;
  bool poisoned = false;
  for (size_t i = 0; i < parts.values.size(); ++i) {
    if (!parts.arguments[i].is_lambda) continue;
    Lambda lambda = tree_.get<Lambda>(parts.nodes[i]);
    std::optional<std::vector<Operand>> types =
        lambda_parameters(*function, parts.arguments, static_cast<int>(i), bodies);
    std::span<const NodeId> names = tree_.list(lambda.params);
    if (!types) {
      // The catalogue says what is wrong, or that the function takes no lambda.
      CallResult result = resolve_higher_order(*function, parts.arguments, bodies);
      if (result.error != CallError::None) return call_error(result, parts);
      return fail(diag::ArgumentType, parts.nodes[i], fmt::format("{}() takes no lambda here", function->name));
    }
    size_t before = lambdas_.size();
    for (size_t p = 0; p < names.size(); ++p) {
      Operand operand = p < types->size() ? (*types)[p] : Operand();
      lambdas_.push_back({tree_.name(names[p]).folded(), tree_.name(names[p]), operand});
    }
    ExprId body = bind_expr(lambda.body);
    lambdas_.resize(before);
    poisoned = poisoned || type(body).is_error();
    bodies.push_back(operand(body));
    Expr expr;
    expr.kind = ExprKind::Lambda;
    expr.type = type(body);
    expr.nullable = nullable(body);
    expr.node = parts.nodes[i];
    parts.values[i] = add(expr, {&body, 1});
  }
  Expr expr;
  expr.kind = ExprKind::Call;
  expr.function = function;
  expr.node = parts.node;
  expr.argument_count = static_cast<uint32_t>(parts.values.size());
  if (poisoned) return add(expr, parts.values);
  CallResult result = resolve_higher_order(*function, parts.arguments, bodies);
  if (result.error != CallError::None) return call_error(result, parts);
  expr.type = result.call.type;
  expr.nullable = result.call.nullable;
  std::vector<ExprId> children;
  for (size_t i = 0; i < parts.values.size(); ++i) {
    bool cast = !parts.arguments[i].is_lambda && i < result.call.argument_types.size();
    children.push_back(cast ? cast_to(parts.values[i], result.call.argument_types[i]) : parts.values[i]);
  }
  return add(expr, children);
}

}  // namespace pipec::sql
