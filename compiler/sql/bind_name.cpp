// Column names: the relations in scope, aliases of the select list, lambdas, enclosing queries; then fields.
#include "sql/bind.h"

namespace pipec::sql {

using namespace ast;

namespace {

bool has_field(Type type, Symbol folded) {
  if (type.is(TypeKind::Array)) type = type.element();
  if (type.is(TypeKind::Map)) return true;
  if (!type.is(TypeKind::Struct)) return false;
  for (const StructFieldType& field : type.fields()) {
    if (field.name.folded() == folded) return true;
  }
  return false;
}

}  // namespace

ExprId Binder::bind_column_ref(NodeId node) {
  std::span<const NodeId> names = tree_.children(node);
  Symbol folded[8];
  std::vector<Symbol> many;
  std::span<Symbol> parts;
  if (names.size() <= 8) {
    parts = std::span(folded).first(names.size());
  } else {
    many.resize(names.size());
    parts = many;
  }
  for (size_t i = 0; i < names.size(); ++i) parts[i] = tree_.name(names[i]).folded();

  ExprId value;
  size_t used = 1;
  for (size_t i = lambdas_.size(); i-- > level_->lambda_base && !value;) {
    if (lambdas_[i].folded != parts[0]) continue;
    Expr expr;
    expr.kind = ExprKind::LambdaParameter;
    expr.name = lambdas_[i].name;
    expr.type = lambdas_[i].operand.type;
    expr.nullable = lambdas_[i].operand.nullable;
    expr.node = node;
    value = add(expr);
  }

  Scope::Lookup first;  // for the message: of the innermost level, or the one that knows the qualifier
  const Level* first_level = level_;
  size_t depth = 0;
  for (Level* level = level_; level && !value; level = level->boundary ? level->boundary->outside : nullptr, ++depth) {
    if (depth > 1) break;  // Spark sees the enclosing query, none further out
    bool ambiguous_alias = false;
    bool aliases = depth == 0 && level->aliases && level->alias_rule != AliasRule::None;
    if (aliases && level->alias_rule == AliasRule::BeforeColumns) value = bind_alias(parts, used, ambiguous_alias);
    Scope::Lookup found;
    if (!value) {
      found = level->scope.find(parts);
      if (depth == 0 || (found.qualifier && !first.qualifier)) first = found, first_level = level;
      if (found.outcome == Scope::Outcome::Silent) return error(node);
      if (found.outcome == Scope::Outcome::Ambiguous) {
        auto owner = [&](const ScopeColumn* column) -> std::string {
          if (column->relation == kNoRelation) return "the joined tables";
          Symbol shown = level->scope.relations[column->relation].shown;
          return shown.empty() ? "a subquery" : fmt::format("`{}`", shown.text());
        };
        auto builder = report(diag::AmbiguousColumn, node,
                              fmt::format("`{}` may be the column of {} or of {}", tree_.dotted(node).text(),
                                          owner(found.column), owner(found.other)));
        builder.help("write the table's name before it");
        return error(node);
      }
      bool lacks_field = found.outcome == Scope::Outcome::Found && aliases &&
                         level->alias_rule == AliasRule::AfterColumnsAll && found.used < parts.size() &&
                         !has_field(ir_[found.column->id].type, parts[found.used]);
      if (lacks_field && (value = bind_alias(parts, used, ambiguous_alias))) break;
      if (found.outcome == Scope::Outcome::Found) {
        used = found.used;
        ambiguous_alias = false;
        Symbol name = tree_.name(names[used - 1]);
        value = depth == 0 ? column(found.column->id, name, node) : capture(*found.column, depth, name, node);
      }
    }
    if (!value && aliases && level->alias_rule != AliasRule::BeforeColumns) {
      value = bind_alias(parts, used, ambiguous_alias);
    }
    if (!value && !ambiguous_alias && depth == 0 && level->alias_rule != AliasRule::GroupBy)
      value = generated_column(parts[0], node), used = 1;
    if (ambiguous_alias) {
      bool lateral = level->alias_rule == AliasRule::AfterColumns;
      return fail(lateral ? diag::AmbiguousAlias : diag::AmbiguousColumn, node,
                  fmt::format("several items of the select list are called `{}`", tree_.name(names[0]).text()));
    }
    if (value) break;
  }
  if (!value && names.size() == 1) value = bind_bare_function(node, parts[0]);
  if (!value && context_.windowed && names.size() == 2 && !first.qualifier) {
    if ((value = bind_window_bound(node, parts))) return value;
  }
  if (!value) return unknown_column(node, first, first_level->scope);
  for (size_t i = used; i < names.size(); ++i) {
    if (type(value).is_error()) break;
    value = bind_field(value, tree_.name(names[i]), node, names[i]);
  }
  return value;
}

/// The half-open window that a run of an incremental model builds.
ExprId Binder::bind_window_bound(NodeId node, std::span<const Symbol> parts) {
  if (parts[0].text() != "window" || (parts[1].text() != "start" && parts[1].text() != "end")) return {};
  tables_.window_bounds.push_back(node);
  Expr expr;
  expr.kind = ExprKind::Parameter;
  expr.name = Symbol::of(fmt::format("window_{}", parts[1].text()));
  expr.type = TypeKind::Timestamp;
  expr.nullable = false;
  expr.node = node;
  return add(expr);
}

/// An item of the select list by its name: its expression stands for it.
ExprId Binder::bind_alias(std::span<const Symbol> parts, size_t& used, bool& ambiguous) {
  const Item* found = nullptr;
  AliasRule rule = level_->alias_rule;
  for (const Item& item : *level_->aliases) {
    if (item.name.folded() != parts[0] || !item.value) continue;
    bool has_alias = item.named || item.generated || ir_[item.value].kind == ExprKind::Field;
    if (rule == AliasRule::AfterColumns && !has_alias) continue;
    if (found && rule == AliasRule::GroupBy) break;
    if (rule == AliasRule::GroupBy && generator_of(item.value)) continue;
    if (found && info(found->value).hash != info(item.value).hash) ambiguous = true;
    if (found && rule == AliasRule::AfterColumns) ambiguous = true;
    if (!found) found = &item;
  }
  if (!found || ambiguous) return {};
  // An alias that has no such part leaves the name to the columns.
  Type is = type(found->value);
  if (rule == AliasRule::BeforeColumns && !is.is_error()) {
    if (part_taken_ && !is.is_nested() && !is.is(TypeKind::Variant)) return {};
    if (parts.size() > 1 && !has_field(is, parts[1])) return {};
  }
  used = 1;
  lateral_alias_used_ = lateral_alias_used_ || rule == AliasRule::AfterColumns;
  return found->value;
}

/// A column of an enclosing query; every boundary between notes that it is read there.
ExprId Binder::capture(const ScopeColumn& found, size_t depth, Symbol name, NodeId node) {
  Boundary* boundary = level_->boundary;
  for (size_t crossed = 1; crossed <= depth; ++crossed) {
    bool noted = false;
    for (ExprId seen : boundary->captured) noted = noted || ir_[seen].column == found.id;
    if (!noted) {
      Expr expr;
      expr.kind = crossed == depth ? ExprKind::Column : ExprKind::OuterColumn;
      expr.column = found.id;
      expr.name = name;
      expr.type = ir_[found.id].type;
      expr.nullable = ir_[found.id].nullable;
      expr.node = node;
      boundary->captured.push_back(add(expr));
    }
    if (crossed < depth) boundary = boundary->outside->boundary;
  }
  Expr expr;
  expr.kind = ExprKind::OuterColumn;
  expr.column = found.id;
  expr.name = name;
  expr.type = ir_[found.id].type;
  expr.nullable = ir_[found.id].nullable;
  expr.node = node;
  return add(expr);
}

/// The same for all who ask one declaration for a column that it lacks; empty for a table of the query's own.
static Symbol missing_column(const ScopeRelation& relation, Symbol name) {
  if (relation.declaration.empty()) return {};
  const std::string_view key = relation.declaration.text();
  return Symbol::of(fmt::format("column:{}.{}", key.substr(key.find(':') + 1), name.folded().text()));
}

/// Blames the narrowest word: the qualifier that names no table, or the column that the table lacks.
ExprId Binder::unknown_column(NodeId node, const Scope::Lookup& lookup, const Scope& scope) {
  std::span<const NodeId> names = tree_.children(node);
  std::vector<std::string_view> candidates;
  if (lookup.qualifier) {
    NodeId wrong = names[lookup.used - 1];
    for (const ScopeColumn& column : scope.columns) {
      if (column.relation != kNoRelation && &scope.relations[column.relation] == lookup.qualifier) {
        candidates.push_back(column.name.text());
      }
    }
    auto builder =
        report(diag::UnknownColumn, wrong,
               fmt::format("no column `{}` in `{}`", tree_.name(wrong).text(), lookup.qualifier->shown.text()));
    builder.about(missing_column(*lookup.qualifier, tree_.name(wrong)));
    if (std::string words = did_you_mean(tree_.name(wrong).text(), candidates); !words.empty()) builder.help(words);
    return error(node);
  }
  NodeId wrong = names[0];
  if (names.size() > 1) {
    for (const ScopeRelation& relation : scope.relations) {
      if (!relation.alias.empty()) candidates.push_back(relation.alias.text());
    }
    auto builder = report(diag::UnknownColumn, wrong,
                          fmt::format("no table or column `{}` in this query", tree_.name(wrong).text()));
    if (std::string words = did_you_mean(tree_.name(wrong).text(), candidates); !words.empty()) builder.help(words);
    return error(node);
  }
  for (const ScopeColumn& column : scope.columns) {
    if (!column.hidden) candidates.push_back(column.name.text());
  }
  if (level_->aliases && level_->alias_rule != AliasRule::None) {
    for (const Item& item : *level_->aliases) candidates.push_back(item.name.text());
  }
  std::string where = scope.relations.empty() ? ": there is no FROM"
                      : scope.relations.size() == 1 && !scope.relations[0].shown.empty()
                          ? fmt::format(" in `{}`", scope.relations[0].shown.text())
                          : " in the tables of this query";
  auto builder = report(diag::UnknownColumn, wrong, fmt::format("no column `{}`{}", tree_.name(wrong).text(), where));
  if (scope.relations.size() == 1) builder.about(missing_column(scope.relations[0], tree_.name(wrong)));
  if (std::string words = did_you_mean(tree_.name(wrong).text(), candidates); !words.empty()) builder.help(words);
  return error(node);
}

ExprId Binder::bind_field(ExprId operand, Symbol name, NodeId node, NodeId name_node) {
  Type of = type(operand);
  if (of.is_error()) return error(node);
  Expr expr;
  expr.kind = ExprKind::Field;
  expr.name = name;
  expr.node = node;
  expr.foldable = ir_[operand].foldable;
  if (of.is(TypeKind::Variant)) {  // only behind `v:a`, whose steps go on with dots
    expr.kind = ExprKind::PathStep;
    expr.type = of;
    return add(expr, {&operand, 1});
  }
  if (of.is(TypeKind::Map) && can_coerce(TypeKind::String, of.key())) {
    expr.type = of.value();
    return add(expr, {&operand, 1});
  }
  Type holder = of.is(TypeKind::Array) ? of.element() : of;
  if (!holder.is(TypeKind::Struct)) {
    return fail(diag::NotSubscriptable, name_node,
                fmt::format("`{}` is taken of a value of type {}, which has no fields", name.text(), of.text()));
  }
  const StructFieldType* found = nullptr;
  std::vector<std::string_view> candidates;
  for (const StructFieldType& field : holder.fields()) {
    candidates.push_back(field.name.text());
    if (field.name.folded() != name.folded()) continue;
    if (found) {
      return fail(diag::AmbiguousColumn, name_node, fmt::format("the struct has several fields `{}`", name.text()));
    }
    found = &field;
  }
  if (!found) {
    auto builder =
        report(diag::UnknownField, name_node, fmt::format("no field `{}` in {}", name.text(), holder.text()));
    if (std::string words = did_you_mean(name.text(), candidates); !words.empty()) builder.help(words);
    return error(node);
  }
  if (of.is(TypeKind::Array)) {
    expr.type = Type::array(found->type, of.contains_null() || found->nullable);
    expr.nullable = nullable(operand);
  } else {
    expr.type = found->type;
    expr.nullable = nullable(operand) || found->nullable;
  }
  return add(expr, {&operand, 1});
}

}  // namespace pipec::sql
