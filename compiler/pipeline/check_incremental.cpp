#include <fmt/format.h>

#include "pipeline/changes.h"
#include "pipeline/diagnostics.h"

namespace pipec::pipeline {
namespace {

using ast::NodeId;

/// Seconds of the units that date_trunc cuts to.
int64_t unit_seconds(std::string_view unit) {
  struct Unit {
    std::string_view name;
    int64_t seconds;
  };
  static constexpr Unit kUnits[] = {
      {"second", 1},         {"minute", 60},        {"hour", 3600},      {"day", 86400},     {"dd", 86400},
      {"week", 7 * 86400},   {"month", 28 * 86400}, {"mon", 28 * 86400}, {"mm", 28 * 86400}, {"quarter", 90 * 86400},
      {"year", 365 * 86400}, {"yyyy", 365 * 86400}, {"yy", 365 * 86400}};
  for (const Unit& known : kUnits) {
    if (known.name == unit) return known.seconds;
  }
  return 0;
}

/// `date_trunc('MONTH', x)` as the time of a model whose grain is a day.
void check_grain(const Model& model, Sink& sink) {
  const ast::Tree& tree = *model.query.tree;
  const sql::BoundQuery& bound = *model.query.bound;
  for (const auto& output : bound.outputs) {
    if (output.name.folded() != model.incremental.columns[0].folded()) continue;
    const sql::Rel& rel = bound.ir[bound.ir[output.column].relation];
    size_t index = bound.ir[output.column].index;
    if (index >= rel.exprs.size() || !rel.exprs[index]) return;
    const sql::Expr& expr = bound.ir[rel.exprs[index]];
    NodeId node = expr.node;
    if (expr.kind != sql::ExprKind::Call || !expr.function || !tree.is<ast::Call>(node)) return;
    auto arguments = tree.list(tree.get<ast::Call>(node).arguments);
    std::string_view name = expr.function->name;
    size_t at = name == "date_trunc" ? 0 : 1;
    if ((name != "date_trunc" && name != "trunc") || arguments.size() != 2 || !tree.is<ast::Literal>(arguments[at]))
      return;
    Symbol unit = tree.name(arguments[at]);
    if (unit_seconds(unit.folded().text()) <= model.incremental.grain_seconds) return;
    sink.report(diag::CoarseTime, Place::in(model.head.declaration, tree[node].span),
                fmt::format("`{}` holds one value for each {}, which is more than the grain of {}", output.name.text(),
                            unit.folded().text(), model.incremental.grain == "DAY" ? "1 day" : "1 hour"))
        .at("coarser than the grain")
        .help(
            "make the model `full` or `incremental by key`: a window of it would be rebuilt from a part of "
            "its rows");
    return;
  }
}

}  // namespace

void check_incremental(const Pipeline& pipeline, Sink& sink) {
  PipelineLookup lookup(pipeline);
  for (const Model& model : pipeline.models) {
    if (model.materialization < Materialization::IncrementalByTime || !model.query.bound || !model.query.bound->root) {
      continue;
    }
    Changes changes(lookup, model);
    for (const Changes::Problem& problem : changes.problems()) {
      Span span = problem.node ? (*model.query.tree)[problem.node].span : Span{};
      sink.report(*problem.kind, Place::in(model.head.declaration, span), problem.message)
          .at(problem.at)
          .help(problem.help);
    }
    if (model.materialization == Materialization::IncrementalByTime) check_grain(model, sink);
  }
}

}  // namespace pipec::pipeline
