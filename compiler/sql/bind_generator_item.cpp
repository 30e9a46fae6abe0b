// Generators in the select list: SELECT id, explode(xs) AS x.
#include "sql/select.h"

namespace pipec::sql {

using namespace ast;

/// Notes the items that are generators before any is bound, since items before them may read their columns.
void Binder::find_generators(NodeId list) {
  for (NodeId node : tree_.list(list)) {
    NodeId value = tree_.is<SelectItem>(node) ? tree_.get<SelectItem>(node).value : node;
    while (tree_.is<Paren>(value)) value = tree_.get<Paren>(value).inner;
    if (!tree_.is<Call>(value) || tree_.get<Call>(value).window) continue;
    const FunctionInfo* function = find_function(tree_.dotted(tree_.get<Call>(value).function).folded().text());
    if (!function || function->kind != FunctionKind::Generator) continue;
    Generator generator;
    generator.node = node;
    generator.value = value;
    if (tree_.is<SelectItem>(node)) {
      for (NodeId name : tree_.list(tree_.get<SelectItem>(node).aliases)) generator.names.push_back(tree_.name(name));
      if (generator.names.empty() && !tree_.name(node).empty()) generator.names.push_back(tree_.name(node));
    }
    level_->generators.push_back(std::move(generator));
  }
}

void Binder::begin_generator(Generator& generator) {
  generator.begun = true;
  Restore restore(generator_, generator.value);
  ExprId call = bind_expr(generator.value);
  if (info(call).window) {
    call = fail(diag::WindowNotAllowed, generator.node, "a window function cannot stand inside a generator");
  }
  generator.call = call;
  generator.columns = generated_shape(call, generator.names, is_outer_generator(call), generator.node);
}

void Binder::bind_generator(Generator& generator, std::vector<Item>& items) {
  if (!generator.begun) begin_generator(generator);
  for (const Relation::Column& made : generator.columns) {
    Item item;
    item.value = column(made.id, made.name, generator.node);
    item.name = made.name;
    item.node = generator.node;
    item.generated = generator.columns.size() == 1 && !generator.names.empty();
    items.push_back(std::move(item));
  }
  if (generator.columns.empty()) {
    Item item;
    item.value = error(generator.node);
    item.node = generator.node;
    items.push_back(std::move(item));
    level_->star_broken = true;
  }
}

/// A column of a generator of this select list, which is bound now if it was not yet.
ExprId Binder::generated_column(Symbol folded, NodeId node) {
  for (size_t i = 0; i < level_->generators.size(); ++i) {
    Generator& generator = level_->generators[i];
    bool named = false;
    for (Symbol name : generator.names) named = named || name.folded() == folded;
    if (!named && (!generator.names.empty() || !generator.call)) continue;
    if (!generator.begun) begin_generator(generator);
    for (const Relation::Column& made : generator.columns) {
      if (made.name.folded() == folded) return column(made.id, made.name, node);
    }
  }
  return {};
}

/// The generator whose column the expression is.
const Generator* Binder::generator_of(ExprId value) const {
  if (ir_[value].kind != ExprKind::Column) return nullptr;
  for (const Generator& generator : level_->generators) {
    for (const Relation::Column& made : generator.columns) {
      if (made.id == ir_[value].column) return &generator;
    }
  }
  return nullptr;
}

/// Above the groups and below the windows, in the order in which one reads the other.
void Binder::place_generators(SelectState& state) {
  std::vector<Generator>& generators = level_->generators;
  if (generators.size() > 1 && state.grouped) {
    report(diag::GeneratorNotAllowed, generators[1].node, "only one generator can stand beside aggregates")
        .help("use LATERAL VIEW for the second");
  }
  if (state.grouped) {
    for (const Item& item : state.items) {
      const Generator* own = generator_of(item.value);
      bool is_own = false;
      for (const Generator& generator : generators) is_own = is_own || generator.node == item.node;
      if (is_own) continue;
      std::vector<ExprId> stack{item.value};
      while (!stack.empty() && !own) {
        ExprId id = stack.back();
        stack.pop_back();
        own = generator_of(id);
        for (ExprId child : ir_.children(id)) stack.push_back(child);
      }
      if (own) report(diag::GeneratorNotAllowed, item.node, "beside aggregates, no item can read a generator's column");
    }
  }
  std::vector<bool> placed(generators.size());
  for (size_t count = 0; count < generators.size(); ++count) {
    for (size_t i = 0; i < generators.size(); ++i) {
      if (placed[i] || !generators[i].call) continue;
      bool ready = true;
      std::vector<ExprId> stack{generators[i].call};
      while (!stack.empty()) {
        ExprId id = stack.back();
        stack.pop_back();
        const Generator* read = generator_of(id);
        if (read && !placed[read - generators.data()]) ready = false;
        for (ExprId child : ir_.children(id)) stack.push_back(child);
      }
      if (!ready) continue;
      placed[i] = true;
      state.rel = place_generate(state.rel, generators[i].call, is_outer_generator(generators[i].call),
                                 generators[i].node, generators[i].columns);
    }
  }
}

}  // namespace pipec::sql
