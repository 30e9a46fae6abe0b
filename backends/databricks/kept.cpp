#include "databricks/kept.h"

#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "databricks/diagnostics.h"

namespace pipec::backend::databricks {

using pipeline::Materialization;
using sql::ExprId;
using sql::ExprKind;
using sql::RelId;
using sql::RelKind;

namespace {

/// Of a Walk's `refused`: rows of several tables one after another are as good as those of one.
std::string of_set_operation(const sql::Rel& rel) {
  const bool is_union_all = static_cast<ast::SetOpKind>(rel.op) == ast::SetOpKind::Union && rel.all;
  return is_union_all ? "" : "a set operation that is no UNION ALL";
}

/// Walks a model's query and the views below it until something is found that cannot be.
class Walk {
 public:
  explicit Walk(const pipeline::Pipeline& pipeline) : pipeline_(pipeline) {}
  virtual ~Walk() = default;

  struct Found {
    ast::NodeId node;  // in the model's own tree; may be none
    std::string what;  // "a LIMIT"
  };
  const std::optional<Found>& found() const { return found_; }

  void query(const pipeline::QueryBody& body) {
    if (!body.bound || !body.bound->root) return;
    const sql::Ir* outer = std::exchange(ir_, &body.bound->ir);
    relation(body.bound->root);
    ir_ = outer;
  }

 protected:
  /// What keeps a relation, or an expression, from being part of it; empty: nothing.
  virtual std::string refused(const sql::Rel& rel) = 0;
  virtual std::string refused(const sql::Expr& expr) = 0;
  virtual void below(const sql::Rel& rel) { inputs(rel); }

  void inputs(const sql::Rel& rel) {
    for (RelId input : rel.inputs) relation(input);
  }

  void relation(RelId id) {
    if (!id || found_) return;
    const sql::Rel& rel = (*ir_)[id];
    report(rel.node, refused(rel));
    for (ExprId expr : rel.exprs) expression(expr);
    if (found_) return;
    const pipeline::Model* model = rel.kind == RelKind::Scan ? pipeline_.model(rel.table) : nullptr;
    if (!model || model->materialization != Materialization::View) return below(rel);
    ast::NodeId outer = std::exchange(place_, place_ ? place_ : rel.node);
    query(model->query);
    place_ = outer;
  }

  void expression(ExprId id) {
    if (!id || found_) return;
    const sql::Expr& expr = (*ir_)[id];
    std::string what = refused(expr);
    if (what.empty() && expr.query) what = "a query inside an expression";
    if (what.empty() && expr.function && expr.function->determinism != sql::Determinism::Deterministic) {
      what = fmt::format("`{}`, which gives something else each time", expr.function->name);
    }
    report(expr.node, std::move(what));
    for (ExprId child : ir_->children(id)) expression(child);
    if (expr.kind == ExprKind::Call && !expr.function) function(expr);
  }

  const pipeline::Pipeline& pipeline_;

 private:
  /// The body of a user's function stands for its call.
  void function(const sql::Expr& call) {
    const pipeline::Function* function = pipeline_.function(call.name);
    if (found_ || !function || !function->body.bound || !functions_.insert(call.name).second) return;
    ast::NodeId outer = std::exchange(place_, place_ ? place_ : call.node);
    const sql::Ir* outer_ir = std::exchange(ir_, &function->body.bound->ir);
    for (uint32_t i = 1; i < ir_->exprs.size(); ++i) expression(ExprId{i});
    ir_ = outer_ir;
    place_ = outer;
  }

  void report(ast::NodeId node, std::string what) {
    if (!found_ && !what.empty()) found_ = {place_ ? place_ : node, std::move(what)};
  }

  const sql::Ir* ir_ = nullptr;
  ast::NodeId place_;  // in the model's tree, while inside of something that it names
  std::set<Symbol, ByText> functions_;
  std::optional<Found> found_;
};

/// What the platform names as reasons of MATERIALIZED_VIEW_NOT_INCREMENTALIZABLE, as far as the query says it.
class Incrementalizable : public Walk {
 public:
  using Walk::Walk;

 private:
  std::string refused(const sql::Rel& rel) override {
    switch (rel.kind) {
      case RelKind::Scan:
      case RelKind::OneRow:
      case RelKind::Values:
      case RelKind::Project:
      case RelKind::Filter:
      case RelKind::Window:
        return {};
      case RelKind::Join:
        switch (static_cast<ast::JoinKind>(rel.op)) {
          case ast::JoinKind::LeftSemi:
          case ast::JoinKind::LeftAnti:
            return "a semi or anti join";
          default:
            return {};
        }
      case RelKind::Aggregate:
      case RelKind::Distinct:
        return inner_ ? "a GROUP BY below a join, a window or another GROUP BY" : "";
      case RelKind::SetOp:
        return of_set_operation(rel);
      case RelKind::Sort:
        return "an ORDER BY";
      case RelKind::Limit:
        return "a LIMIT";
      case RelKind::Generate:
        return "an EXPLODE or the like";
      default:
        return "a PIVOT, UNPIVOT, sample, function of tables or recursive query";
    }
  }

  std::string refused(const sql::Expr& expr) override {
    return expr.kind == ExprKind::Window && expr.partition_count == 0 ? "a window without PARTITION BY" : "";
  }

  void below(const sql::Rel& rel) override {
    const bool passes = rel.kind == RelKind::Project || rel.kind == RelKind::Filter;
    const bool outer = std::exchange(inner_, inner_ || !passes);
    inputs(rel);
    inner_ = outer;
  }

  bool inner_ = false;  // something but projections and filters stands above
};

/// Row by row from tables that are only added to.
class Appending : public Walk {
 public:
  using Walk::Walk;

 private:
  std::string refused(const sql::Rel& rel) override {
    switch (rel.kind) {
      case RelKind::Scan:
        return input(rel.table);
      case RelKind::Project:
      case RelKind::Filter:
      case RelKind::Generate:
        return {};
      case RelKind::SetOp:
        return of_set_operation(rel);
      case RelKind::Join:
        return "a join: a row of the other side that comes later would change rows that are written";
      case RelKind::Aggregate:
      case RelKind::Distinct:
        return "a GROUP BY or DISTINCT: a row that comes later would change rows that are written";
      case RelKind::Window:
        return "a window: a row that comes later would change rows that are written";
      default:
        return "more than rows of one table after another";
    }
  }

  std::string refused(const sql::Expr&) override { return {}; }

  std::string input(Symbol name) const {
    const pipeline::Node* node = pipeline_.node(name);
    if (!node || node->kind == pipeline::NodeKind::CdcLog) return {};
    if (const pipeline::Load* load = pipeline_.load(name)) {
      if (load->mode != pipeline::Load::Mode::Full && !load->merge) return {};
      return fmt::format("`{}`, whose rows change", name.text());
    }
    if (node->kind == pipeline::NodeKind::Model) {
      return fmt::format("the model `{}`: a stream begins at a log or at a load that only adds rows", name.text());
    }
    return fmt::format("`{}`, whose rows change", name.text());
  }
};

}  // namespace

void check_kept(const pipeline::Pipeline& pipeline, const pipeline::Model& model, Sink& sink) {
  auto report = [&](const DiagnosticKind& kind, const Walk::Found& found, std::string message, std::string help) {
    Span span = found.node ? (*model.query.tree)[found.node].span : Span{};
    sink.report(kind, Place::in(model.head.declaration, span), std::move(message)).help(std::move(help));
  };
  if (model.materialization == Materialization::MaterializedView) {
    Incrementalizable walk(pipeline);
    walk.query(model.query);
    if (walk.found()) {
      report(diag::MaterializedFull, *walk.found(),
             fmt::format("each refresh would build the whole of this materialized view, for {}", walk.found()->what),
             "write the query without it, or make the model `full`, which says so");
    }
  }
  if (model.materialization == Materialization::Streaming) {
    Appending walk(pipeline);
    walk.query(model.query);
    if (walk.found()) {
      report(diag::StreamForm, *walk.found(), fmt::format("a streaming model cannot hold {}", walk.found()->what),
             "read a log or a load row by row, and put the rest into a model below it");
    }
  }
}

}  // namespace pipec::backend::databricks
