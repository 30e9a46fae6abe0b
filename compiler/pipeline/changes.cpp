#include "pipeline/changes.h"

#include <algorithm>
#include <deque>

#include <fmt/format.h>

#include "pipeline/diagnostics.h"
#include "pipeline/flatten.h"

namespace pipec::pipeline {

using ast::NodeId;
using sql::ExprId;
using sql::ExprKind;

namespace {

void collect_inputs(Lookup& lookup, const Node& node, std::set<Symbol, ByText>& found) {
  for (Symbol name : node.inputs) {
    const Node* input = lookup.node(name);
    const Model* model = input && input->kind == pipeline::NodeKind::Model ? lookup.model(name) : nullptr;
    if (model && model->materialization == Materialization::View) {
      collect_inputs(lookup, *input, found);
    } else {
      found.insert(name);
    }
  }
}

std::string quoted(const std::vector<Symbol>& names) {
  std::string out;
  for (Symbol name : names) out += fmt::format("{}`{}`", out.empty() ? "" : ", ", name.folded().text());
  return out;
}

}  // namespace

std::vector<Symbol> physical_inputs(Lookup& lookup, const Node& node) {
  std::set<Symbol, ByText> found;
  collect_inputs(lookup, node, found);
  return {found.begin(), found.end()};
}

bool depends_on_run(Lookup& lookup, const Model& model) {
  return !flatten(lookup, model).volatiles.empty();
}

/// Columns that are equal where both are read, and where the changed relation can say what the root says.
class Substitution {
 public:
  Substitution(const FlatQuery& flat, size_t target) : flat_(flat), target_(target) {}

  /// The target's column that equals this one; empty if there is none.
  Symbol equal_column(size_t relation, Symbol column) const {
    if (relation == target_) return column;
    for (const Condition& condition : flat_.conditions) {
      const sql::Ir& ir = condition.scope->ir();
      const sql::Expr& expr = ir[condition.expr];
      if (expr.kind != ExprKind::Binary || static_cast<ast::BinaryOp>(expr.op) != ast::BinaryOp::Eq) continue;
      auto sides = ir.children(condition.expr);
      if (!(ir[sides[0]].type == ir[sides[1]].type)) continue;
      Origin a = flat_.plain(*condition.scope, sides[0]), b = flat_.plain(*condition.scope, sides[1]);
      if (a.kind != Origin::Kind::Column || b.kind != Origin::Kind::Column) continue;
      if (b.relation == relation && b.column.folded() == column.folded()) std::swap(a, b);
      if (a.relation == relation && a.column.folded() == column.folded() && b.relation == target_) return b.column;
    }
    return {};
  }

  bool covers(const Scope& scope, ExprId id) const {
    const sql::Expr& expr = scope.ir()[id];
    if (expr.kind == ExprKind::Column) return covers(flat_.origin(scope, expr.column));
    for (ExprId child : scope.ir().children(id)) {
      if (!covers(scope, child)) return false;
    }
    return true;
  }
  bool covers(const Origin& origin) const {
    if (origin.kind == Origin::Kind::Expression) return covers(*origin.scope, origin.expr);
    return origin.kind == Origin::Kind::Column && !equal_column(origin.relation, origin.column).empty();
  }
  bool covers(const FlatQuery::Value& value) const {
    return value.expr ? covers(*value.scope, value.expr) : covers(flat_.origin(*value.scope, value.column));
  }

 private:
  const FlatQuery& flat_;
  size_t target_;
};

namespace {

/// Writes expressions of the flattened query over the aliases of its relations.
class Writer {
 public:
  Writer(const FlatQuery& flat, ast::SqlBuilder& sql, std::vector<std::pair<NodeId, Symbol>>& calls)
      : flat_(flat), sql_(sql), calls_(calls) {}

  std::map<size_t, Symbol> aliases;
  const Substitution* substitution = nullptr;
  size_t target = 0;

  NodeId value(const FlatQuery::Value& value) {
    return value.expr ? expression(*value.scope, value.expr) : origin(flat_.origin(*value.scope, value.column));
  }

  NodeId expression(const Scope& scope, ExprId id) {
    const sql::Expr& expr = scope.ir()[id];
    if (expr.kind == ExprKind::Column) return origin(flat_.origin(scope, expr.column));
    if (expr.kind == ExprKind::Cast && expr.implicit) return expression(scope, scope.ir().children(id)[0]);
    return copy(scope, expr.node);
  }

 private:
  NodeId origin(const Origin& found) {
    if (found.kind == Origin::Kind::Expression) return expression(*found.scope, found.expr);
    if (!substitution) return sql_.column(aliases[found.relation], found.column);
    return sql_.column(aliases[target], substitution->equal_column(found.relation, found.column));
  }

  // The author's words with the columns replaced.
  NodeId copy(const Scope& scope, NodeId node) {
    if (!node) return {};
    const ast::Tree& tree = *scope.body->tree;
    ExprId bound = scope.body->bound->tables.expression(node);
    if (tree.is<ast::ColumnRef>(node) && bound) return reference(scope, bound, node);
    std::vector<NodeId> children;
    for (NodeId child : tree.children(node)) children.push_back(copy(scope, child));
    const ast::Node& said = tree[node];
    NodeId made = sql_.tree().add(said.kind, children, said.name, said.op, said.flags);
    auto call = scope.body->bound->tables.user_calls.find(node.value);
    if (call != scope.body->bound->tables.user_calls.end()) calls_.emplace_back(made, call->second);
    return made;
  }

  // A column, or a field of one.
  NodeId reference(const Scope& scope, ExprId id, NodeId node) {
    const sql::Expr& expr = scope.ir()[id];
    if (expr.kind == ExprKind::Column) return origin(flat_.origin(scope, expr.column));
    if (expr.kind == ExprKind::Cast && expr.implicit) return reference(scope, scope.ir().children(id)[0], node);
    if (expr.kind == ExprKind::Field) return sql_.field(reference(scope, scope.ir().children(id)[0], node), expr.name);
    return sql_.tree().copy(*scope.body->tree, node);
  }

  const FlatQuery& flat_;
  ast::SqlBuilder& sql_;
  std::vector<std::pair<NodeId, Symbol>>& calls_;
};

std::set<size_t> roots_of(const FlatQuery& flat) {
  std::set<size_t> roots;
  for (const auto& value : flat.values) {
    if (value.expr) {
      flat.relations_of(*value.scope, value.expr, roots);
      continue;
    }
    Origin origin = flat.origin(*value.scope, value.column);
    if (origin.kind == Origin::Kind::Column) roots.insert(origin.relation);
  }
  return roots;
}

/// From each relation that can be reached from the root, the next one towards it; the root's own is itself.
std::map<size_t, size_t> tree_of(const FlatQuery& flat, size_t root) {
  std::map<size_t, size_t> towards{{root, root}};
  std::deque<size_t> queue{root};
  while (!queue.empty()) {
    size_t at = queue.front();
    queue.pop_front();
    for (const Condition& condition : flat.conditions) {
      if (condition.relations.size() != 2 || !condition.relations.count(at)) continue;
      size_t other = *condition.relations.begin() == at ? *condition.relations.rbegin() : *condition.relations.begin();
      if (towards.emplace(other, at).second) queue.push_back(other);
    }
  }
  return towards;
}

/// The relation that says all values, or that every other one of them equals; none: -1.
size_t root_of(const FlatQuery& flat) {
  std::set<size_t> roots = roots_of(flat);
  for (size_t root : roots) {
    Substitution substitution(flat, root);
    if (std::all_of(flat.values.begin(), flat.values.end(), [&](const auto& v) { return substitution.covers(v); })) {
      return root;
    }
  }
  return static_cast<size_t>(-1);
}

bool all_covered(const FlatQuery& flat, size_t relation) {
  Substitution substitution(flat, relation);
  return std::all_of(flat.values.begin(), flat.values.end(), [&](const auto& v) { return substitution.covers(v); });
}

/// The relation itself, then the ones up to the root; only itself if it says the values by columns of its own.
std::vector<size_t> path_of(const FlatQuery& flat, size_t relation, size_t root) {
  if (all_covered(flat, relation)) return {relation};
  std::map<size_t, size_t> towards = tree_of(flat, root);
  if (!towards.count(relation)) return {};
  std::vector<size_t> path{relation};
  while (path.back() != root) path.push_back(towards[path.back()]);
  return path;
}

}  // namespace

Changes::Changes(Lookup& lookup, const Model& model)
    : model_(model), flat_(std::make_unique<FlatQuery>(flatten(lookup, model))) {
  find_relevant_columns(*flat_);
  find_inputs();
  for (const auto& call : flat_->volatiles) {
    add(diag::VolatileModel, call.place, {},
        fmt::format("`{}` makes this incremental model depend on when it runs", call.function), "called here",
        "take the value from a column of an input, or make the model `full`");
  }
  check_root(lookup);
  if (problems_.empty()) check_inputs();
}

Changes::~Changes() = default;

void Changes::add(const DiagnosticKind& kind, NodeId node, Symbol input, std::string message, std::string at,
                  std::string help) {
  problems_.push_back({&kind, node, input, std::move(message), std::move(at), std::move(help)});
}

void Changes::find_inputs() {
  std::set<Symbol, ByText> found;
  std::set<Symbol, ByText> ignored;
  for (Symbol name : model_.incremental.ignore_changes_of) ignored.insert(name.folded());
  for (Relation& relation : flat_->relations) {
    bool skip = ignored.count(relation.node) != 0;
    for (Symbol view : relation.through) skip = skip || ignored.count(view);
    if (!skip) found.insert(relation.node);
  }
  inputs_.assign(found.begin(), found.end());
}

void Changes::check_root(Lookup& lookup) {
  const Node* node = lookup.node(model_.head.name);
  for (const Column& column : node ? node->columns : std::vector<Column>{}) {
    bool says = std::any_of(model_.incremental.columns.begin(), model_.incremental.columns.end(),
                            [&](Symbol name) { return name.folded() == column.name.folded(); });
    if (!says || !column.nullable) continue;
    add(diag::NullableKey, {}, {},
        fmt::format("`{}` of `{}` may be NULL, and rows with NULL would belong to no window and no key",
                    column.name.folded().text(), model_.head.name.text()),
        "", fmt::format("declare it `not null` in `columns (...)`, and filter such rows in the query"));
  }
  for (const auto& value : flat_->values) {
    std::set<size_t> relations;
    bool known = value.expr ? flat_->relations_of(*value.scope, value.expr, relations)
                            : flat_->origin(*value.scope, value.column).kind == Origin::Kind::Column;
    if (known && !(value.expr && relations.empty())) continue;
    add(diag::UnmappedTime, {}, {},
        fmt::format("{} of `{}` cannot be told from a single row of an input", quoted(model_.incremental.columns),
                    model_.head.name.text()),
        "", "group by it, or take it from a column of one input; or make the model `full`");
    return;
  }
  if (flat_->values.empty() || root_of(*flat_) != static_cast<size_t>(-1)) return;
  std::vector<Symbol> names;
  for (size_t root : roots_of(*flat_)) names.push_back(flat_->relations[root].node);
  add(diag::UnmappedTime, {}, {},
      fmt::format("{} of `{}` comes from several inputs: {}", quoted(model_.incremental.columns),
                  model_.head.name.text(), quoted(names)),
      "", "take it from columns of one input; or make the model `full`");
}

void Changes::check_inputs() {
  size_t root = root_of(*flat_);
  std::set<size_t> followed;
  for (size_t i = 0; i < flat_->relations.size(); ++i) {
    const Relation& relation = flat_->relations[i];
    if (!std::binary_search(inputs_.begin(), inputs_.end(), relation.node, ByText{})) continue;
    auto report = [&](std::string why) {
      add(diag::UnmappedInput, relation.place, relation.node,
          fmt::format("a change in `{}` cannot be mapped to {} of `{}`: {}", relation.node.text(),
                      quoted(model_.incremental.columns), model_.head.name.text(), why),
          relation.through.empty() ? "read here" : fmt::format("`{}` is read through this", relation.node.text()),
          fmt::format("write `ignore changes of {}` if it never changes what is built already, or make the "
                      "model `full`",
                      relation.node.text()));
    };
    if (!relation.blocked.empty()) {
      report(fmt::format("it is read as {}", relation.blocked));
      continue;
    }
    std::vector<size_t> path = path_of(*flat_, i, root);
    if (path.empty()) {
      report("no equality joins it, by columns alone, with where the column comes from");
      continue;
    }
    bool itself = std::any_of(path.begin() + 1, path.end(),
                              [&](size_t on) { return flat_->relations[on].node == relation.node; });
    if (itself) {
      report("it is joined with itself");
      continue;
    }
    for (const WindowUse& window : flat_->windows) {
      if (i < window.first || i >= window.last) continue;
      std::set<std::pair<size_t, uint32_t>> partition;
      for (ExprId expr : window.partition) {
        Origin origin = flat_->plain(*window.scope, expr);
        if (origin.kind == Origin::Kind::Column) partition.insert({origin.relation, origin.column.folded().value});
      }
      bool inside = std::all_of(flat_->values.begin(), flat_->values.end(), [&](const FlatQuery::Value& value) {
        Origin origin = value.expr ? flat_->plain(*value.scope, value.expr) : flat_->origin(*value.scope, value.column);
        return origin.kind == Origin::Kind::Column &&
               partition.count({origin.relation, origin.column.folded().value}) != 0;
      });
      if (inside) continue;
      report("a window function looks at rows beyond it");
      break;
    }
  }
}

std::vector<Changes::Mapping> Changes::mappings(Symbol input, ast::SqlBuilder& sql, const RelationOf& relation,
                                                std::vector<std::pair<NodeId, Symbol>>& calls) const {
  std::vector<Mapping> mappings;
  size_t root = root_of(*flat_);
  for (size_t i = 0; i < flat_->relations.size(); ++i) {
    if (flat_->relations[i].node != input) continue;
    std::vector<size_t> path = path_of(*flat_, i, root);
    if (path.empty()) continue;
    bool alone = path.size() == 1 && all_covered(*flat_, i);
    Substitution substitution(*flat_, alone ? i : root);
    Writer writer(*flat_, sql, calls);
    for (size_t at = 0; at < path.size(); ++at) {
      writer.aliases[path[at]] = Symbol::of(at == 0 ? "changed" : fmt::format("other_{}", at));
    }
    Mapping mapping;
    std::set<size_t> joined{i};
    std::vector<NodeId> filters;
    auto conditions = [&](size_t newest, bool filter) {
      std::vector<NodeId> found;
      for (const Condition& condition : flat_->conditions) {
        bool inside = std::all_of(condition.relations.begin(), condition.relations.end(),
                                  [&](size_t r) { return joined.count(r) != 0; });
        if (!inside || !condition.relations.count(newest) || (condition.relations.size() == 1) != filter) continue;
        found.push_back(writer.expression(*condition.scope, condition.expr));
      }
      return found;
    };
    const Relation& changed = flat_->relations[i];
    mapping.from =
        relation({input, writer.aliases[i], true, changed.usable.empty() ? changed.relevant : std::vector<Symbol>{}});
    for (NodeId filter : conditions(i, true)) filters.push_back(filter);
    for (size_t at = 1; at < path.size(); ++at) {
      Symbol other = flat_->relations[path[at]].node;
      joined.insert(path[at]);
      mapping.from =
          sql.join(ast::JoinKind::Inner, mapping.from, relation({other, writer.aliases[path[at]], false, {}}),
                   sql.and_all(conditions(path[at], false)));
      for (NodeId filter : conditions(path[at], true)) filters.push_back(filter);
      mapping.reads.push_back(other);
    }
    writer.substitution = &substitution;
    writer.target = alone ? i : root;
    for (const auto& value : flat_->values) mapping.values.push_back(writer.value(value));
    mapping.where = sql.and_all(filters);
    mappings.push_back(std::move(mapping));
  }
  return mappings;
}

}  // namespace pipec::pipeline
