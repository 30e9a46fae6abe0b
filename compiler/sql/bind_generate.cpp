// Generators: LATERAL VIEW, table functions, and the Generate relation that both become.
#include "sql/call.h"

namespace pipec::sql {

using namespace ast;

RelId Binder::generate(RelId input, ExprId call, bool outer, std::span<const Symbol> names, NodeId node,
                       std::vector<Relation::Column>& generated) {
  RelId rel = add_rel(RelKind::Generate, {input}, {call}, node);
  ir_[rel].op = outer;
  ir_[rel].outputs = ir_[input].outputs;
  Type shape = type(call);
  if (shape.is_error()) {
    for (Symbol name : names) generated.push_back({name, add_column(rel, name, Type(), true)});
    return rel;
  }
  std::span<const StructFieldType> fields = shape.fields();
  if (!names.empty() && names.size() != fields.size()) {
    report(diag::AliasCount, node, fmt::format("{} names for {} columns", names.size(), fields.size()));
    for (Symbol name : names) generated.push_back({name, add_column(rel, name, Type(), true)});
    return rel;
  }
  for (size_t i = 0; i < fields.size(); ++i) {
    Symbol name = names.empty() ? fields[i].name : names[i];
    generated.push_back({name, add_column(rel, name, fields[i].type, fields[i].nullable || outer)});
  }
  return rel;
}

namespace {

bool is_outer_generator(const Ir& ir, ExprId call) {
  const FunctionInfo* function = ir[call].function;
  return function && function->name.size() > 6 && function->name.substr(function->name.size() - 6) == "_outer";
}

}  // namespace

RelId Binder::bind_lateral_view(NodeId view, RelId input, Scope& scope) {
  LateralView parts = tree_.get<LateralView>(view);
  // `scope` is the current level's own, so the function sees what stands before it.
  ExprId call = bind_expr(parts.function);
  ScopeRelation named;
  named.alias = tree_.name(view).folded();
  named.shown = tree_.name(view);
  Relation relation;
  std::vector<Symbol> names;
  for (NodeId name : tree_.list(parts.columns)) names.push_back(tree_.name(name));
  if (!type(call).is_error() && !info(call).generator) {
    report(diag::GeneratorNotAllowed, parts.function, "LATERAL VIEW needs a generator such as explode()");
    call = error(parts.function);
  }
  relation.broken = type(call).is_error() && names.empty();
  relation.rel = generate(input, call, tree_.has(view, kOuter), names, view, relation.columns);
  RelId rel = relation.rel;
  scope.add(std::move(relation), named);
  return rel;
}

RelId Binder::bind_table_function(NodeId node, Scope& scope, Scope*) {
  TableFunction parts = tree_.get<TableFunction>(node);
  Level level = new_level(level_->boundary);
  CallParts call;
  call.node = node;
  call.name = parts.function;
  call.generator_allowed = true;
  ExprId value;
  {
    Restore restore(level_, &level);
    call.folded = tree_.dotted(parts.function).folded();
    bind_arguments(parts.arguments, call);
    const FunctionInfo* function = find_function(call.folded.text());
    if (function && function->kind != FunctionKind::Generator && function->kind != FunctionKind::Table) {
      value = fail(diag::UnknownTable, parts.function,
                   fmt::format("`{}` gives one value, not a table", call.folded.text()));
    } else {
      value = finish_call(call);
    }
  }
  ScopeRelation named;
  named.alias = call.folded;
  named.shown = call.folded;
  Relation relation;
  relation.broken = type(value).is_error();
  if (!type(value).is_error() && !type(value).is(TypeKind::Struct)) {
    not_supported(node, "this table function");
    value = error(node);
    relation.broken = true;
  }
  bool is_table = ir_[value].function && ir_[value].function->kind == FunctionKind::Table;
  if (is_table) {
    relation.rel = add_rel(RelKind::TableFunction, {}, {value}, node);
    for (const StructFieldType& field : type(value).fields()) {
      relation.columns.push_back({field.name, add_column(relation.rel, field.name, field.type, field.nullable)});
    }
  } else {
    RelId one = add_rel(RelKind::OneRow, {}, {}, node);
    relation.rel = generate(one, value, is_outer_generator(ir_, value), {}, node, relation.columns);
  }
  apply_alias(relation, named, parts.alias);
  RelId rel = relation.rel;
  scope.add(std::move(relation), named);
  return rel;
}

}  // namespace pipec::sql
