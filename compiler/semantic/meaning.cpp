// `entity` and `metric`: what tables mean, for tools that ask in those terms. Joins between entities, and the paths
// that go through them, are looked up over the whole project (check_meaning), since entities name each other.
#include <fmt/format.h>

#include "ast/build.h"
#include "semantic/items.h"
#include "semantic/resolve.h"

namespace pipec::semantic {

using ast::NodeId;

namespace {

struct QueryOfMeasure {
  std::shared_ptr<ast::Tree> tree;
  NodeId node;
};

const pipeline::Node* target_of(const Resolving& context, const Reader& reader, NodeId target, Symbol name) {
  const pipeline::Node* node = reader.node(name);
  const sql::TableInterface* table = reader.table(name);
  if (!table) {
    context.report(diag::UnknownNode, target, fmt::format("there is no table `{}`", name.text()))
        .about(name.folded())
        .help(did_you_mean(name.text(), reader.table_names()));
  }
  return table && !table->broken ? node : nullptr;
}

// The measure as the query that it stands for. HAVING makes it one group: a bare column in it is an error.
QueryOfMeasure query_of_measure(const ast::Tree& tree, NodeId measure, Symbol table) {
  QueryOfMeasure result;
  result.tree = std::make_shared<ast::Tree>();
  ast::SqlBuilder sql(*result.tree);
  NodeId value = result.tree->copy(tree, measure);
  std::vector<ast::Text> parts;
  std::string_view rest = table.text();
  for (size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
    parts.emplace_back(rest.substr(0, dot));
    rest.remove_prefix(dot + 1);
  }
  parts.emplace_back(rest);
  ast::SqlBuilder::Select select;
  select.items = {sql.item(value, "measure")};
  select.from = {sql.table(parts)};
  select.having = sql.boolean(true);
  result.node = sql.select(select);
  result.tree->root = result.node;
  return result;
}

}  // namespace

void resolve_entity(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  const ast::Tree& tree = context.tree;
  auto decl = tree.get<ast::EntityDecl>(tree.root);
  pipeline::Entity entity;
  entity.head = head_of(context, reader.facts(), decl.annotations);
  Items items(context, decl.items, "entity", {"key", "join", "owner", "tags", "description"}, {"join"});
  entity.target = tree.dotted(decl.target).folded();
  const pipeline::Node* node = target_of(context, reader, decl.target, entity.target);
  items.require("key", "key (id)");
  NodeId key = items.value("key");
  if (key && node && check_columns(context, key, node->columns, entity.target.text())) {
    entity.key = names_of(tree, key);
  }
  out.entities.push_back(std::move(entity));
}

void resolve_metric(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  const ast::Tree& tree = context.tree;
  auto decl = tree.get<ast::MetricDecl>(tree.root);
  pipeline::Metric metric;
  metric.head = head_of(context, reader.facts(), decl.annotations);
  Items items(context, decl.items, "metric", {"measure", "time", "by", "owner", "tags", "description"});
  metric.target = tree.dotted(decl.target).folded();
  const pipeline::Node* node = target_of(context, reader, decl.target, metric.target);
  items.require("measure", "measure sum(amount)");
  if (NodeId measure = items.value("measure"); measure && node) {
    QueryOfMeasure query = query_of_measure(tree, measure, metric.target);
    metric.measure.tree = query.tree;
    metric.measure.node = query.node;
    auto bound =
        std::make_shared<sql::BoundQuery>(sql::bind_query(*query.tree, query.node, {reader, sink, declaration.key}));
    if (bound->ok && !bound->outputs.empty() && !bound->outputs[0].type.is_numeric() &&
        !bound->outputs[0].type.is_error()) {
      context
          .report(diag::BadMeasure, measure,
                  fmt::format("a measure is a number, but this is {}", bound->outputs[0].type.text()))
          .help("sum, count or average something");
    }
    metric.measure.bound = std::move(bound);
  }
  if (NodeId time = items.value("time"); time && node) {
    if (const pipeline::Column* column = find_column(context, time, node->columns, metric.target.text())) {
      metric.time = column->name;
      check_time(context, time, metric.target.text(), *column, "a metric is counted over");
    }
  }
  out.metrics.push_back(std::move(metric));
}

}  // namespace pipec::semantic
