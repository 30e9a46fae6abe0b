#include "pipeline/flatten.h"

#include <algorithm>

namespace pipec::pipeline {

using namespace sql;

namespace {

constexpr std::string_view kNoWay[] = {"rows of a set operation",     "rows behind a LIMIT",
                                       "a sample of its rows",        "rows that a recursive query reaches",
                                       "rows turned into columns",    "rows in a subquery",
                                       "a subquery with two readers", "rows that the platform itself refreshes"};
enum Blocked : size_t { kSetOperation, kLimit, kSample, kRecursion, kPivot, kSubquery, kTwice, kRefreshed };

bool is_column(const Expr& expr) {
  return expr.kind == ExprKind::Column;
}

class Flattener {
 public:
  Flattener(Lookup& lookup, FlatQuery& flat) : lookup_(lookup), flat_(flat) {}

  void run(const Model& model) {
    flat_.root = std::make_unique<Scope>();
    flat_.root->body = &model.query;
    scope_ = flat_.root.get();
    visit(model.query.bound->root);
  }

 private:
  const Ir& ir() const { return scope_->ir(); }

  void visit(RelId id) {
    if (!id) return;
    const Rel& rel = ir()[id];
    if (!seen_.insert({scope_, id.value}).second) {
      // One relation of the query with two readers: nothing tells from which of them a column comes.
      size_t first = flat_.relations.size();
      visit_kind(id, rel);
      block(first, kTwice);
      return;
    }
    visit_kind(id, rel);
  }

  void visit_kind(RelId id, const Rel& rel) {
    for (ExprId expr : rel.exprs) visit_expression(expr);
    switch (rel.kind) {
      case RelKind::Scan:
        scan(id, rel);
        return;
      case RelKind::Join:
        join(rel);
        return;
      case RelKind::Filter:
        inputs(rel);
        add_conditions(rel.exprs[0], {});
        return;
      case RelKind::Window:
        window(rel);
        return;
      case RelKind::SetOp:
        blocked(rel, kSetOperation);
        return;
      case RelKind::Limit:
        blocked(rel, kLimit);
        return;
      case RelKind::Sample:
        blocked(rel, kSample);
        return;
      case RelKind::RecursiveCte:
      case RelKind::SelfReference:
        blocked(rel, kRecursion);
        return;
      case RelKind::Pivot:
      case RelKind::Unpivot:
        blocked(rel, kPivot);
        return;
      default:
        inputs(rel);
    }
  }

  void inputs(const Rel& rel) {
    for (RelId input : rel.inputs) visit(input);
  }

  /// Everything below cannot be followed, for one reason.
  void blocked(const Rel& rel, Blocked why) {
    size_t first = flat_.relations.size();
    inputs(rel);
    block(first, why);
  }
  void block(size_t first, Blocked why) {
    for (size_t i = first; i < flat_.relations.size(); ++i) {
      if (flat_.relations[i].blocked.empty()) flat_.relations[i].blocked = kNoWay[why];
    }
  }

  void scan(RelId id, const Rel& rel) {
    ast::NodeId place = place_ ? place_ : rel.node;
    const Node* node = lookup_.node(rel.table);
    const Model* model = node && node->kind == pipeline::NodeKind::Model ? lookup_.model(rel.table) : nullptr;
    if (model && model->materialization == Materialization::View && model->query.bound) {
      std::unique_ptr<Scope>& inner = scope_->views[id.value];
      if (!inner) inner = std::make_unique<Scope>();
      inner->body = &model->query;
      Scope* outer = scope_;
      Scope* entered = inner.get();
      ast::NodeId outer_place = place_;
      through_.push_back(rel.table);
      scope_ = entered;
      place_ = place;
      visit(model->query.bound->root);
      scope_ = outer;
      place_ = outer_place;
      through_.pop_back();
      return;
    }
    Relation relation;
    relation.node = rel.table;
    relation.through = through_;
    relation.place = place;
    if (model && is_kept_by_platform(model->materialization)) relation.blocked = kNoWay[kRefreshed];
    if (node && node->kind == pipeline::NodeKind::CdcHistory) {
      // Where a version ends is said by the next one: only the key is the same for all rows that a change touches.
      std::string_view declared = node->head.declaration.text();
      const Cdc* cdc = lookup_.cdc(Symbol::of(declared.substr(declared.find(':') + 1)));
      if (!cdc) relation.blocked = "rows of a history";
      for (Symbol key : cdc ? cdc->key : std::vector<Symbol>{}) relation.usable.insert(key.folded());
    }
    auto known = scope_->tables.emplace(id.value, flat_.relations.size());
    if (!known.second) flat_.relations[known.first->second].blocked = kNoWay[kTwice];
    flat_.relations.push_back(std::move(relation));
  }

  void join(const Rel& rel) {
    size_t first = flat_.relations.size();
    visit(rel.inputs[0]);
    size_t middle = flat_.relations.size();
    visit(rel.inputs[1]);
    size_t last = flat_.relations.size();
    auto kind = static_cast<ast::JoinKind>(rel.op);
    bool left = kind == ast::JoinKind::Right || kind == ast::JoinKind::Full;
    bool right = kind == ast::JoinKind::Left || kind == ast::JoinKind::Full;
    bool anti = kind == ast::JoinKind::LeftAnti || kind == ast::JoinKind::Anti;
    // Of the rows that are kept without a match the join's own condition says nothing: it has to read the other side.
    std::vector<Side> sides;
    if (left) sides.push_back({first, middle});
    if (right || anti) sides.push_back({middle, last});
    if (!rel.exprs.empty() && rel.exprs[0]) add_conditions(rel.exprs[0], sides);
    // From here on upwards: that condition was about rows that match.
    for (size_t i = first; i < flat_.relations.size(); ++i) {
      if (i < middle ? left : right) flat_.relations[i].optional = true;
    }
  }

  void window(const Rel& rel) {
    size_t first = flat_.relations.size();
    inputs(rel);
    for (ExprId id : rel.exprs) {
      const Expr& expr = ir()[id];
      if (expr.kind != ExprKind::Window) continue;
      WindowUse use{first, flat_.relations.size(), scope_, {}};
      auto children = ir().children(id);
      for (uint32_t i = 1; i <= expr.partition_count; ++i) use.partition.push_back(children[i]);
      flat_.windows.push_back(std::move(use));
    }
  }

  /// Relations from the first to behind the last.
  struct Side {
    size_t first = 0, last = 0;
    bool holds(size_t relation) const { return relation >= first && relation < last; }
  };

  /// Those that read each of the sides.
  void add_conditions(ExprId id, const std::vector<Side>& sides) {
    const Expr& expr = ir()[id];
    if (expr.kind == ExprKind::Binary && static_cast<ast::BinaryOp>(expr.op) == ast::BinaryOp::And) {
      for (ExprId child : ir().children(id)) add_conditions(child, sides);
      return;
    }
    Condition condition{scope_, id, {}};
    if (!flat_.relations_of(*scope_, id, condition.relations) || condition.relations.empty()) return;
    for (const Side& side : sides) {
      bool read = std::any_of(condition.relations.begin(), condition.relations.end(),
                              [&](size_t relation) { return side.holds(relation); });
      if (!read) return;
    }
    if (cuts_window(condition)) return;
    for (size_t relation : condition.relations) {
      if (flat_.relations[relation].optional && !rejects_null(id, relation)) return;
    }
    flat_.conditions.push_back(std::move(condition));
  }

  /// It leaves out rows that a window function below has seen: those decide about other rows of their partition.
  bool cuts_window(const Condition& condition) {
    return std::any_of(flat_.windows.begin(), flat_.windows.end(), [&](const WindowUse& window) {
      Side below{window.first, window.last};
      bool inside = std::all_of(condition.relations.begin(), condition.relations.end(),
                                [&](size_t relation) { return below.holds(relation); });
      return inside && !is_of_partition(*condition.scope, condition.expr, window);
    });
  }

  /// All columns of the expression are the partition's.
  bool is_of_partition(const Scope& scope, ExprId id, const WindowUse& window) {
    const Expr& expr = scope.ir()[id];
    if (!is_column(expr)) {
      auto children = scope.ir().children(id);
      return std::all_of(children.begin(), children.end(),
                         [&](ExprId child) { return is_of_partition(scope, child, window); });
    }
    Origin found = flat_.origin(scope, expr.column);
    if (found.kind == Origin::Kind::Expression) return is_of_partition(*found.scope, found.expr, window);
    return std::any_of(window.partition.begin(), window.partition.end(), [&](ExprId partition) {
      Origin by = flat_.plain(*window.scope, partition);
      return by.kind == Origin::Kind::Column && by.relation == found.relation &&
             by.column.folded() == found.column.folded();
    });
  }

  /// NULL if the columns of the relation are.
  bool strict(ExprId id, size_t relation) {
    const Expr& expr = ir()[id];
    auto children = ir().children(id);
    switch (expr.kind) {
      case ExprKind::Column: {
        Origin origin = flat_.plain(*scope_, id);
        return origin.kind == Origin::Kind::Column && origin.relation == relation;
      }
      case ExprKind::Cast:
        return strict(children[0], relation);
      case ExprKind::Unary:
        return strict(children[0], relation);
      case ExprKind::Binary: {
        auto op = static_cast<ast::BinaryOp>(expr.op);
        if (op == ast::BinaryOp::And || op == ast::BinaryOp::Or || op == ast::BinaryOp::NullSafeEq) return false;
        return strict(children[0], relation) || strict(children[1], relation);
      }
      case ExprKind::Between:
      case ExprKind::Like:
        return strict(children[0], relation);
      case ExprKind::In:
        return strict(children[0], relation);
      default:
        return false;
    }
  }

  /// Never true if the columns of the relation are NULL.
  bool rejects_null(ExprId id, size_t relation) {
    const Expr& expr = ir()[id];
    auto children = ir().children(id);
    if (expr.kind == ExprKind::Binary && static_cast<ast::BinaryOp>(expr.op) == ast::BinaryOp::Or) {
      return rejects_null(children[0], relation) && rejects_null(children[1], relation);
    }
    if (expr.kind == ExprKind::Is) {
      return expr.negated && static_cast<ast::IsOp>(expr.op) == ast::IsOp::Null && strict(children[0], relation);
    }
    return strict(id, relation);
  }

  /// Subqueries inside of it, and calls that are not a function of the rows.
  void visit_expression(ExprId id) {
    if (!id || !seen_expressions_.insert({scope_, id.value}).second) return;
    const Expr& expr = ir()[id];
    if (expr.query) {
      size_t first = flat_.relations.size();
      visit(expr.query);
      block(first, kSubquery);
    }
    if (expr.function) check_function(*expr.function, expr.node);
    if (expr.kind == ExprKind::Call && !expr.function) check_user_function(expr.name, expr.node);
    for (ExprId child : ir().children(id)) visit_expression(child);
  }

  void check_function(const FunctionInfo& function, ast::NodeId node) {
    if (function.determinism == Determinism::Deterministic) return;
    flat_.volatiles.push_back({place_ ? place_ : node, function.name});
  }

  void check_user_function(Symbol name, ast::NodeId node) {
    const Function* function = lookup_.function(name);
    if (!function || !function->body.bound || !seen_functions_.insert(name).second) return;
    const Ir& body = function->body.bound->ir;
    for (const Expr& expr : body.exprs) {
      if (expr.function) check_function(*expr.function, node);
      if (expr.kind == ExprKind::Call && !expr.function && !expr.name.empty()) check_user_function(expr.name, node);
    }
  }

  Lookup& lookup_;
  FlatQuery& flat_;
  Scope* scope_ = nullptr;
  ast::NodeId place_;  // in the model's tree, while inside of a view
  std::vector<Symbol> through_;
  std::set<std::pair<const Scope*, uint32_t>> seen_, seen_expressions_;
  std::set<Symbol, ByText> seen_functions_;
};

}  // namespace

Origin FlatQuery::origin(const Scope& scope, ColumnId id) const {
  const Ir& ir = scope.ir();
  const sql::Column& column = ir[id];
  const Rel& rel = ir[column.relation];
  switch (rel.kind) {
    case RelKind::Scan: {
      auto view = scope.views.find(column.relation.value);
      if (view != scope.views.end()) {
        for (const auto& output : view->second->body->bound->outputs) {
          if (output.name.folded() == column.name.folded()) return origin(*view->second, output.column);
        }
        return {};
      }
      auto table = scope.tables.find(column.relation.value);
      if (table == scope.tables.end()) return {};
      const std::set<Symbol, ByText>& usable = relations[table->second].usable;
      if (!usable.empty() && !usable.count(column.name.folded())) return {};
      return {Origin::Kind::Column, table->second, column.name, &scope, {}};
    }
    case RelKind::Project:
      return {Origin::Kind::Expression, 0, {}, &scope, rel.exprs[column.index]};
    case RelKind::Aggregate:
      if (column.index >= rel.group_count || !rel.grouping_sets.empty()) return {};
      return {Origin::Kind::Expression, 0, {}, &scope, rel.exprs[column.index]};
    case RelKind::Join: {
      const auto& left = ir[rel.inputs[0]].outputs;
      return origin(scope, column.index < left.size() ? left[column.index]
                                                      : ir[rel.inputs[1]].outputs[column.index - left.size()]);
    }
    default:
      return {};
  }
}

Origin FlatQuery::plain(const Scope& scope, ExprId id) const {
  const Expr& expr = scope.ir()[id];
  if (expr.kind == ExprKind::Cast && scope.ir()[scope.ir().children(id)[0]].type == expr.type) {
    return plain(scope, scope.ir().children(id)[0]);
  }
  if (!is_column(expr)) return {Origin::Kind::Expression, 0, {}, &scope, id};
  Origin found = origin(scope, expr.column);
  return found.kind == Origin::Kind::Expression ? plain(*found.scope, found.expr) : found;
}

bool FlatQuery::relations_of(const Scope& scope, ExprId id, std::set<size_t>& into) const {
  const Expr& expr = scope.ir()[id];
  if (expr.kind == ExprKind::OuterColumn || expr.kind == ExprKind::Window || expr.query) return false;
  if (is_column(expr)) {
    Origin found = origin(scope, expr.column);
    if (found.kind == Origin::Kind::Opaque) return false;
    if (found.kind == Origin::Kind::Expression) return relations_of(*found.scope, found.expr, into);
    into.insert(found.relation);
    return true;
  }
  bool known = !(expr.function && expr.function->kind != FunctionKind::Scalar);
  for (ExprId child : scope.ir().children(id)) known = relations_of(scope, child, into) && known;
  return known;
}

FlatQuery flatten(Lookup& lookup, const Model& model) {
  FlatQuery flat;
  Flattener(lookup, flat).run(model);
  for (Symbol name : model.incremental.columns) {
    for (const auto& output : model.query.bound->outputs) {
      if (output.name.folded() != name.folded()) continue;
      Origin origin = flat.origin(*flat.root, output.column);
      FlatQuery::Value value{flat.root.get(), {}, output.column};
      if (origin.kind == Origin::Kind::Expression) value = {origin.scope, origin.expr, {}};
      flat.values.push_back(value);
      break;
    }
  }
  return flat;
}

}  // namespace pipec::pipeline
