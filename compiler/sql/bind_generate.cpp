// Generators: LATERAL VIEW, table functions, and the Generate relation that both become.
#include "sql/call.h"

namespace pipec::sql {

using namespace ast;

bool Binder::is_outer_generator(ExprId call) const {
  const FunctionInfo* function = ir_[call].function;
  return function && function->name.ends_with("_outer");
}

/// The columns that a generator makes; they belong to no relation until it has its place.
std::vector<Relation::Column> Binder::generated_shape(ExprId call, std::span<const Symbol> names, bool outer,
                                                      NodeId node) {
  std::vector<Relation::Column> made;
  auto add_one = [&](Symbol name, Type type, bool nullable) {
    made.push_back({name, ColumnId{static_cast<uint32_t>(ir_.columns.size())}});
    ir_.columns.push_back({name, type, nullable, {}, 0});
  };
  Type shape = type(call);
  bool known = shape.is(TypeKind::Struct);
  if (known && !names.empty() && names.size() != shape.fields().size()) {
    report(diag::AliasCount, node, fmt::format("{} names for {} columns", names.size(), shape.fields().size()));
    known = false;
  }
  if (!known) {
    for (Symbol name : names) add_one(name, Type(), true);
    return made;
  }
  std::span<const StructFieldType> fields = shape.fields();
  for (size_t i = 0; i < fields.size(); ++i) {
    add_one(names.empty() ? fields[i].name : names[i], fields[i].type, fields[i].nullable || outer);
  }
  return made;
}

RelId Binder::place_generate(RelId input, ExprId call, bool outer, NodeId node,
                             std::span<const Relation::Column> generated) {
  RelId rel = add_rel(RelKind::Generate, {input}, {call}, node);
  ir_[rel].op = outer;
  ir_[rel].outputs = ir_[input].outputs;
  for (const Relation::Column& made : generated) {
    ir_[made.id].relation = rel;
    ir_[made.id].index = static_cast<uint32_t>(ir_[rel].outputs.size());
    ir_[rel].outputs.push_back(made.id);
  }
  return rel;
}

RelId Binder::generate(RelId input, ExprId call, bool outer, std::span<const Symbol> names, NodeId node,
                       std::vector<Relation::Column>& generated) {
  generated = generated_shape(call, names, outer, node);
  return place_generate(input, call, outer, node, generated);
}

RelId Binder::bind_lateral_view(NodeId view, RelId input, Scope& scope) {
  LateralView parts = tree_.get<LateralView>(view);
  // `scope` is the current level's own, so the function sees what stands before it.
  Restore restore(generator_, parts.function);
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
  ScopeRelation named;  // without an alias there is no name for it
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
    relation.rel = generate(one, value, is_outer_generator(value), {}, node, relation.columns);
  }
  apply_alias(relation, named, parts.alias);
  RelId rel = relation.rel;
  scope.add(std::move(relation), named);
  return rel;
}

}  // namespace pipec::sql
