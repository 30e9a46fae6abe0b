// Calls of functions: arguments, the catalogue's answer, and the clauses around a call.
#include <algorithm>

#include "sql/call.h"

namespace pipec::sql {

using namespace ast;

ExprId Binder::bind_call(NodeId node) {
  Call call = tree_.get<Call>(node);
  CallParts parts;
  parts.node = node;
  parts.name = call.function;
  parts.folded = tree_.dotted(call.function).folded();
  parts.distinct = tree_.has(node, kDistinct);
  parts.ignore_nulls = tree_.has(node, kIgnoreNulls);
  parts.windowed = static_cast<bool>(call.window);
  parts.generator_allowed = node == generator_;
  parts.filter = call.filter;
  for (NodeId item : tree_.list(call.within_group)) parts.within.push_back(item);
  const FunctionInfo* function = find_function(parts.folded.text());
  const FunctionInterface* user = function ? nullptr : context_.catalog.function(parts.folded);
  if (user && user->gives_table) {  // its arguments are no values either
    report(diag::ArgumentClause, node, fmt::format("`{}` gives a table, not a value", user->name.text()))
        .help(fmt::format("read it where a table stands: `from {}(...)`", user->name.text()));
    return error(node);
  }
  bool aggregate = function && function->kind == FunctionKind::Aggregate && !call.window;
  // What an aggregate works on are the rows below, not the items that are made of it.
  AliasRule rule = aggregate && level_->alias_rule == AliasRule::BeforeColumns ? AliasRule::None : level_->alias_rule;
  ExprId value;
  {
    Restore restore(level_->alias_rule, rule);
    bind_arguments(call.arguments, parts);
    value = finish_call(parts);
  }
  return call.window ? bind_window(value, call.window, node) : value;
}

bool Binder::is_unit(std::string_view function, NodeId argument) const {
  static constexpr std::string_view kFunctions[] = {"dateadd", "datediff", "date_diff", "timestampadd",
                                                    "timestampdiff"};
  static constexpr std::string_view kUnits[] = {"year", "quarter", "month",  "week",        "day",        "dayofyear",
                                                "hour", "minute",  "second", "millisecond", "microsecond"};
  if (!tree_.is<ColumnRef>(argument) || tree_.children(argument).size() != 1) return false;
  std::string_view word = tree_.name(tree_.children(argument)[0]).folded().text();
  return std::find(std::begin(kFunctions), std::end(kFunctions), function) != std::end(kFunctions) &&
         std::find(std::begin(kUnits), std::end(kUnits), word) != std::end(kUnits);
}

/// Binds what stands between the parentheses; `*` becomes columns, lambdas wait for their parameters' types.
bool Binder::bind_arguments(NodeId list, CallParts& parts) {
  for (NodeId node : tree_.list(list)) {
    Symbol name;
    NodeId inner = node;
    if (tree_.is<NamedArg>(inner)) {
      name = tree_.name(inner);
      inner = tree_.get<NamedArg>(inner).value;
    }
    Symbol alias;
    if (tree_.is<SelectItem>(inner)) {
      alias = tree_.name(inner);
      inner = tree_.get<SelectItem>(inner).value;
    }
    if (tree_.is<Star>(inner)) {
      bool all = !tree_.get<Star>(inner).qualifier && !tree_.get<Star>(inner).except;
      if (parts.folded.text() == "count" && all) {
        // count(*) counts rows and reads no column.
        Expr one;
        one.kind = ExprKind::Literal;
        one.type = TypeKind::Int;
        one.nullable = false;
        one.foldable = true;
        one.name = Symbol::of("1");
        one.node = inner;
        parts.nodes.push_back(inner);
        parts.aliases.push_back({});
        parts.values.push_back(add(one));
        parts.arguments.emplace_back().operand = operand(parts.values.back());
        continue;
      }
      std::vector<Item> items;
      expand_star(inner, items);
      for (const Item& item : items) {
        parts.nodes.push_back(inner);
        parts.aliases.push_back(item.name);
        parts.values.push_back(item.value);
        parts.arguments.emplace_back().operand = operand(item.value);
        parts.arguments.back().column_name = item.name.text();
        parts.poisoned = parts.poisoned || type(item.value).is_error();
      }
      continue;
    }
    if (parts.nodes.empty() && is_unit(parts.folded.text(), inner)) {
      // dateadd(DAY, 1, d): the unit is a word, not a column.
      Expr unit;
      unit.kind = ExprKind::Literal;
      unit.type = TypeKind::String;
      unit.nullable = false;
      unit.foldable = true;
      unit.name = tree_.name(tree_.children(inner)[0]);
      unit.node = inner;
      parts.nodes.push_back(inner);
      parts.aliases.push_back({});
      parts.values.push_back(add(unit));
      Argument& argument = parts.arguments.emplace_back();
      argument.operand = operand(parts.values.back());
      argument.is_string_literal = true;
      argument.string_literal = unit.name.text();
      continue;
    }
    Argument argument;
    argument.name = name.text();
    argument.column_name = alias.text();
    ExprId value;
    if (tree_.is<Lambda>(inner)) {
      argument.is_lambda = true;
      argument.lambda_arity = static_cast<int>(tree_.list(tree_.get<Lambda>(inner).params).size());
      parts.has_lambda = true;
    } else {
      value = bind_expr(inner);
      argument.operand = operand(value);
      const Expr& bound = ir_[value];
      if (bound.kind == ExprKind::Literal && bound.type.is_string()) {
        argument.is_string_literal = true;
        argument.string_literal = bound.name.text();
      }
      bool has_name = bound.kind == ExprKind::Column || bound.kind == ExprKind::OuterColumn ||
                      bound.kind == ExprKind::Field || bound.kind == ExprKind::LambdaParameter;
      if (alias.empty() && has_name) argument.column_name = bound.name.text();
      parts.poisoned = parts.poisoned || bound.type.is_error();
    }
    parts.nodes.push_back(inner);
    parts.aliases.push_back(alias);
    parts.values.push_back(value);
    parts.arguments.push_back(argument);
  }
  return !parts.poisoned;
}

bool Binder::check_within_group(const CallParts& parts, const FunctionInfo& function) {
  static constexpr std::string_view kOrdered[] = {"percentile_cont", "percentile_disc", "listagg", "string_agg",
                                                  "mode"};
  bool ordered = std::find(std::begin(kOrdered), std::end(kOrdered), function.name) != std::end(kOrdered);
  bool percentile = function.name == "percentile_cont" || function.name == "percentile_disc";
  std::string message;
  if (!ordered && !parts.within.empty()) {
    message = fmt::format("{}() takes no WITHIN GROUP", function.name);
  } else if (percentile && parts.within.size() != 1) {
    message = fmt::format("{}() needs WITHIN GROUP (ORDER BY ...) with one key", function.name);
  } else if (percentile && parts.distinct) {
    message = fmt::format("{}() takes no DISTINCT", function.name);
  } else {
    return true;
  }
  report(diag::ArgumentClause, parts.node, std::move(message));
  return false;
}

ExprId Binder::finish_call(CallParts& parts) {
  const FunctionInfo* function = find_function(parts.folded.text());
  if (!function) {
    if (const FunctionInterface* user = context_.catalog.function(parts.folded)) return bind_user_call(parts, *user);
    if (is_known_to_spark(parts.folded.text())) {
      not_supported(parts.name, fmt::format("the function {}()", parts.folded.text()));
      return poisoned_call(parts, nullptr, {});
    }
    std::vector<std::string_view> names = all_function_names();
    for (std::string_view name : context_.catalog.function_names()) names.push_back(name);
    auto builder =
        report(diag::UnknownFunction, parts.name, fmt::format("no function `{}`", tree_.dotted(parts.name).text()));
    builder.about(parts.folded);
    if (std::string words = did_you_mean(parts.folded.text(), names); !words.empty()) builder.help(words);
    return error(parts.node);
  }
  if (function->kind == FunctionKind::Generator && !parts.generator_allowed) {
    report(diag::GeneratorNotAllowed, parts.node,
           fmt::format("{}() makes rows: it cannot stand inside an expression", function->name))
        .help("make it an item of the select list, or use LATERAL VIEW");
    return error(parts.node);
  }
  bool is_aggregate = function->kind == FunctionKind::Aggregate;
  if (function->kind == FunctionKind::Window && !parts.windowed) {
    return fail(diag::MissingWindow, parts.node, fmt::format("{}() needs OVER (...)", function->name));
  }
  if (!is_aggregate && (parts.distinct || parts.filter || !parts.within.empty())) {
    std::string_view clause = parts.distinct ? "DISTINCT" : parts.filter ? "FILTER" : "WITHIN GROUP";
    return fail(diag::ArgumentClause, parts.node,
                fmt::format("{}() is no aggregate and takes no {}", function->name, clause));
  }
  if (is_aggregate && !parts.windowed) {
    for (size_t i = 0; i < parts.values.size(); ++i) {
      if (!parts.values[i] || !info(parts.values[i]).aggregate) continue;
      report(diag::NestedAggregate, parts.nodes[i], "an aggregate cannot stand inside another one")
          .help("compute the inner one in a subquery");
      return error(parts.node);
    }
  }
  if (is_aggregate && !check_within_group(parts, *function)) return error(parts.node);
  // What is wrong inside an argument was said there; the filter and the keys still have names of their own.
  std::vector<ExprId> extra;
  if (parts.filter) {
    ExprId filter = check_boolean(bind_expr(parts.filter), parts.filter, "FILTER");
    if (info(filter).aggregate || info(filter).window) {
      return fail(diag::AggregateNotAllowed, parts.filter,
                  "FILTER chooses rows: no aggregate or window can stand in it");
    }
    extra.push_back(filter);
  }
  for (NodeId item : parts.within) extra.push_back(bind_expr(tree_.get<OrderItem>(item).value));
  if (parts.poisoned) {
    return poisoned_call(parts, function, extra);
  }
  if (parts.folded.text() == "struct" || parts.folded.text() == "named_struct") return bind_struct(parts);
  if (parts.has_lambda) return bind_higher_order(parts);

  // WITHIN GROUP's keys are what the function works on: percentile_cont(0.5) WITHIN GROUP (ORDER BY x).
  std::vector<Argument> arguments = parts.arguments;
  for (size_t i = parts.filter ? 1 : 0; i < extra.size(); ++i) {
    Argument key;
    key.operand = operand(extra[i]);
    key.within_group = true;
    arguments.push_back(key);
    if (key.operand.type.is_error()) return poisoned_call(parts, function, extra);
  }
  CallResult result = resolve_call(*function, arguments);
  if (result.error != CallError::None) return call_error(result, parts);

  Expr expr;
  expr.kind = ExprKind::Call;
  expr.function = function;
  expr.type = result.call.type;
  expr.nullable = result.call.nullable;
  expr.distinct = parts.distinct;
  expr.has_filter = static_cast<bool>(parts.filter);
  expr.argument_count = static_cast<uint32_t>(parts.values.size());
  expr.node = parts.node;
  expr.foldable = function->kind == FunctionKind::Scalar && function->determinism != Determinism::Nondeterministic;
  std::vector<ExprId> children;
  for (size_t i = 0; i < parts.values.size(); ++i) {
    ExprId value = parts.values[i];
    expr.foldable = expr.foldable && ir_[value].foldable;
    if (result.call.lossy_string && i < result.call.argument_types.size() && type(value).is_string() &&
        !result.call.argument_types[i].is_string() && ir_[value].kind != ExprKind::Literal) {
      Type to = result.call.argument_types[i];
      warn(diag::LossyString, parts.nodes[i],
           fmt::format("this string is read as {} and fails where it is none", to.text()),
           fmt::format("say it: cast(... as {}), or try_cast for NULL where it is none", to.text()));
    }
    children.push_back(i < result.call.argument_types.size() ? cast_to(value, result.call.argument_types[i]) : value);
  }
  if (function->name == "element_at" && children.size() == 2 && type(children[0]).is(TypeKind::Array)) {
    expr.nullable = element_nullable(children[0], children[1], 1);
  }
  if (parts.filter) children.push_back(extra[0]);
  for (size_t i = parts.filter ? 1 : 0, at = parts.values.size(); i < extra.size(); ++i, ++at) {
    const std::vector<Type>& types = result.call.argument_types;
    children.push_back(at < types.size() ? cast_to(extra[i], types[at]) : extra[i]);
  }
  return add(expr, children);
}

ExprId Binder::call_error(const CallResult& result, const CallParts& parts) {
  std::string_view name = parts.folded.text();
  size_t index = result.argument >= 0 ? static_cast<size_t>(result.argument) : 0;
  bool known = result.argument >= 0 && index < parts.nodes.size();
  NodeId blamed = known ? parts.nodes[index] : parts.node;
  std::string got = known && parts.values[index] ? type(parts.values[index]).text() : std::string("this");
  switch (result.error) {
    case CallError::WrongArgumentCount:
      return fail(diag::ArgumentCount, parts.node,
                  fmt::format("{}() takes {}, but has {}", name, result.expected, parts.nodes.size()));
    case CallError::WrongArgumentType:
      return fail(diag::ArgumentType, blamed, fmt::format("{}() takes {} here, not {}", name, result.expected, got));
    case CallError::BadLiteral:
      return fail(diag::BadValue, blamed, fmt::format("{}() takes {} here", name, result.expected));
    case CallError::NotFoldable:
      return fail(diag::NotConstant, blamed, fmt::format("{}() takes a constant here: {}", name, result.expected));
    case CallError::Unsupported:
    case CallError::None:
      break;
  }
  not_supported(parts.node, fmt::format("{}() with these arguments", name));
  return poisoned_call(parts, find_function(name), {});
}

/// A call without a type. The columns that it reads are known all the same.
ExprId Binder::poisoned_call(const CallParts& parts, const FunctionInfo* function, std::span<const ExprId> extra) {
  Expr expr;
  expr.kind = ExprKind::Call;
  expr.function = function;
  expr.name = function ? Symbol() : parts.folded;
  expr.node = parts.node;
  expr.distinct = parts.distinct;
  std::vector<ExprId> children;
  for (ExprId value : parts.values) {
    if (value) children.push_back(value);
  }
  expr.argument_count = static_cast<uint32_t>(children.size());
  expr.has_filter = !extra.empty() && parts.filter;
  children.insert(children.end(), extra.begin(), extra.end());
  return add(expr, children);
}

/// Some functions are called without parentheses: current_date.
ExprId Binder::bind_bare_function(NodeId node, Symbol folded) {
  static constexpr std::string_view kBare[] = {
      "current_date",   "current_timestamp", "current_time", "current_user", "current_catalog", "current_database",
      "current_schema", "localtimestamp",    "session_user", "user",         "grouping__id"};
  std::string_view name = folded.text();
  if (std::find(std::begin(kBare), std::end(kBare), name) == std::end(kBare)) return {};
  CallParts parts;
  parts.node = node;
  parts.name = node;
  parts.folded = name == "grouping__id" ? Symbol::of("grouping_id") : folded;
  return finish_call(parts);
}

/// struct(a, b as x) and named_struct('a', 1): the fields' names are part of the type.
ExprId Binder::bind_struct(CallParts& parts) {
  Expr expr;
  expr.kind = ExprKind::Struct;
  expr.nullable = false;
  expr.foldable = true;
  expr.node = parts.node;
  std::vector<ExprId> children;
  std::vector<StructFieldType> fields;
  bool named = parts.folded.text() == "named_struct";
  if (named && (parts.values.size() % 2 != 0 || parts.values.empty())) {
    return fail(diag::ArgumentCount, parts.node, "named_struct() takes pairs: a name, then a value");
  }
  for (size_t i = 0; i < parts.values.size(); ++i) {
    Symbol name;
    if (named) {
      if (!parts.arguments[i].is_string_literal) {
        return fail(diag::NotConstant, parts.nodes[i], "the name of a field must be a string literal");
      }
      name = Symbol::of(parts.arguments[i].string_literal);
      ++i;
    } else if (!parts.aliases[i].empty()) {
      name = parts.aliases[i];
    } else if (tree_.is<ColumnRef>(parts.nodes[i])) {
      name = tree_.name(tree_.children(parts.nodes[i]).back());
    } else {
      name = Symbol::of(fmt::format("col{}", i + 1));
    }
    ExprId value = parts.values[i];
    expr.foldable = expr.foldable && ir_[value].foldable;
    children.push_back(value);
    fields.push_back({name, type(value), nullable(value)});
  }
  expr.argument_count = static_cast<uint32_t>(children.size());
  expr.type = Type::structure(std::move(fields));
  return add(expr, children);
}

}  // namespace pipec::sql
