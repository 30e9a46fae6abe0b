// The source of the view is a query that joins each entity of a path once, by its key, so that no row is there twice. A
// dimension is named as the path is written: "player.club.league".
#include "databricks/metric.h"

#include <map>

#include <fmt/format.h>

#include "artifact/document.h"
#include "ast/walk.h"
#include "databricks/author.h"
#include "databricks/lookup.h"
#include "databricks/step_writer.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::Entity;
using pipeline::Metric;

namespace {

constexpr const char* kTarget = "t";

class MetricLowering {
 public:
  MetricLowering(View& view, const Names& names, const Metric& metric, const pipeline::Node& node)
      : view_(view), lookup_(view), names_(names), author_(lookup_, names), metric_(metric), node_(node) {}

  void lower(Output& output) {
    StepWriter steps(Symbol::of(fmt::format("metric:{}", metric_.head.name.text())), &metric_.head);
    steps.reads = {metric_.target};
    steps.migrate("view", [&](Statement& s) {
      SqlBuilder& sql = s.sql;
      Path path = names_.schema(kMetricSchema);
      path.push_back(metric_.head.name);
      NodeId body = sql.dollar_text(definition());
      NodeId name = sql.qname(path), measure = sql.name(metric_.head.name);
      SqlBuilder::Ids columns;
      for (const std::string& dimension : dimensions_) columns.push_back(sql.name(dimension));
      columns.push_back(sql.ddl("{} comment {}", measure, sql.string(metric_.head.description)));
      return sql.ddl("create or replace view {} ({})\ncomment {}\nwith metrics language yaml as {}", name,
                     sql.list(columns), sql.string(metric_.head.description), body);
    });
    steps.take(output);
  }

 private:
  std::string definition() {
    Value dimensions = Value::array();
    auto dimension = [&](std::string name, std::string expression) {
      dimensions.push(Value::object({{"name", name}, {"expr", std::move(expression)}}));
      dimensions_.push_back(std::move(name));
    };
    std::string source = printed_query();
    if (!metric_.time.empty()) dimension(std::string(metric_.time.text()), quoted(metric_.time.text()));
    for (const pipeline::MetricPath& path : metric_.by) dimension(name_of(path), quoted(name_of(path)));
    Value measure = Value::object({{"name", metric_.head.name.text()}, {"expr", printed_measure()}});
    return dollars_escaped(print_yaml(Value::object({{"version", "0.1"},
                                                     {"source", source},
                                                     {"dimensions", std::move(dimensions)},
                                                     {"measures", Value::array({std::move(measure)})}})));
  }

  /// Every text of the document stands in double quotes, where a dollar may be written as an escape: no text can end
  /// the dollar quotes around the document.
  static std::string dollars_escaped(const std::string& yaml) {
    std::string out;
    for (char c : yaml) {
      if (c == '$') {
        out += "\\x24";
      } else {
        out += c;
      }
    }
    return out;
  }

  static std::string quoted(std::string_view name) {
    return print::print_identifier(Symbol::of(fmt::format("{}", name)), print::kDatabricks);
  }

  static std::string name_of(const pipeline::MetricPath& path) {
    std::string name;
    for (Symbol entity : path.entities) name += fmt::format("{}.", entity.text());
    return fmt::format("{}{}", name, path.column.text());
  }

  /// select the table's columns, and those at the ends of the paths
  std::string printed_query() {
    ast::Tree tree;
    SqlBuilder sql(tree);
    SqlBuilder::Ids items = sql.columns(kTarget, column_names());
    NodeId from = sql.table(names_.node(metric_.target), kTarget);
    std::map<std::string, std::string> joined;  // the path so far -> its alias
    for (const pipeline::MetricPath& path : metric_.by) {
      std::string alias = kTarget, so_far;
      Symbol table = metric_.target;
      for (Symbol step : path.entities) {
        so_far += fmt::format("{}.", step.text());
        const Entity* to = view_.entity(step);
        if (!to) return {};
        auto [known, fresh] = joined.try_emplace(so_far, fmt::format("e{}", joined.size() + 1));
        if (fresh) {
          NodeId other = sql.table(names_.node(to->target), known->second);
          from = sql.join(ast::JoinKind::Left, from, other, condition(sql, table, *to, alias, known->second));
        }
        alias = known->second;
        table = to->target;
      }
      // The table's own columns are there already.
      if (!path.entities.empty()) items.push_back(sql.item(sql.column(alias, path.column), name_of(path)));
    }
    return printed(tree, sql.select({.items = items, .from = {from}}), nullptr);
  }

  /// By the join that an entity on the table declares, else by the columns named like the other's key.
  NodeId condition(SqlBuilder& sql, Symbol table, const Entity& to, const std::string& mine,
                   const std::string& theirs) {
    SqlBuilder::Ids same;
    for (const Entity& entity : view_.everything().entities) {
      if (entity.target != table) continue;
      for (const pipeline::EntityJoin& join : entity.joins) {
        if (join.entity != to.head.name || !same.empty()) continue;
        for (const auto& [own, other] : join.on)
          same.push_back(sql.eq(sql.column(mine, own), sql.column(theirs, other)));
      }
    }
    if (same.empty()) {
      for (Symbol key : to.key) same.push_back(sql.eq(sql.column(mine, key), sql.column(theirs, key)));
    }
    return sql.and_all(same);
  }

  /// The measure alone, its columns without the table before them.
  std::string printed_measure() {
    print::Subtree query = author_.query(metric_.measure);
    const ast::Tree& tree = *query.tree;
    NodeId item = ast::find_below(tree, query.node, [&](NodeId id) { return tree.is<ast::SelectItem>(id); });
    print::Rewrites rewrites = *query.rewrites;
    ast::each_below(tree, item, [&](NodeId id) {
      if (!tree.is<ast::ColumnRef>(id) || tree.children(id).size() < 2) return;
      auto parts = tree.children(id);
      Symbol first = tree.name(parts[0]).folded();
      std::string_view target = metric_.target.text();
      if (first.text() == target.substr(target.find('.') + 1)) rewrites.paths[id] = {tree.name(parts[1])};
    });
    return printed(tree, tree.get<ast::SelectItem>(item).value, &rewrites);
  }

  std::vector<Symbol> column_names() const {
    std::vector<Symbol> names;
    for (const pipeline::Column& column : node_.columns) names.push_back(column.name);
    return names;
  }

  View& view_;
  ViewLookup lookup_;
  const Names& names_;
  Author author_;
  const Metric& metric_;
  const pipeline::Node& node_;
  std::vector<std::string> dimensions_;
};

}  // namespace

void lower_metric(View& view, const Names& names, Symbol name, Output& output) {
  const Metric* metric = view.metric(name);
  const pipeline::Node* node = metric ? view.node(metric->target) : nullptr;
  if (node && metric->measure.bound) MetricLowering(view, names, *metric, *node).lower(output);
}

}  // namespace pipec::backend::databricks
