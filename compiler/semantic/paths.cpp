// Joins between entities, and the paths of metrics through them.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "semantic/assemble.h"
#include "semantic/items.h"
#include "sql/coercion.h"

namespace pipec::semantic {
namespace {

using ast::NodeId;
using pipeline::Column;
using pipeline::Entity;

// `ClubId` and `club_id` name the same thing in two worlds.
std::string plain(Symbol name) {
  std::string out;
  for (char c : name.folded().text()) {
    if (c != '_') out += c;
  }
  return out;
}

class Paths {
 public:
  Paths(pipeline::Pipeline& pipeline, Sink& sink) : pipeline_(pipeline), sink_(sink) {}

  void read_joins(const Declaration& declaration, Entity& entity) {
    Resolving context{declaration, *declaration.tree, sink_};
    const ast::Tree& tree = context.tree;
    for (NodeId item : tree.list(tree.get<ast::EntityDecl>(tree.root).items)) {
      if (!tree.is<ast::Property>(item) || tree.name(item).text() != "join") continue;
      auto children = tree.children(item);
      if (children.size() < 2) continue;
      pipeline::EntityJoin join;
      join.name = join.entity = text_of(tree, children[0]).folded();
      const Entity* other = find_entity(join.entity);
      if (!other) {
        unknown_entity(context, children[0], join.entity);
        continue;
      }
      read_condition(context, children[1], entity, *other, join);
      entity.joins.push_back(std::move(join));
    }
  }

  void read_paths(const Declaration& declaration, pipeline::Metric& metric) {
    Resolving context{declaration, *declaration.tree, sink_};
    const ast::Tree& tree = context.tree;
    for (NodeId item : tree.list(tree.get<ast::MetricDecl>(tree.root).items)) {
      if (!tree.is<ast::Property>(item) || tree.name(item).text() != "by") continue;
      for (NodeId path : tree.children(item)) read_path(context, path, metric);
    }
  }

 private:
  const Entity* find_entity(Symbol name) const {
    for (const Entity& entity : pipeline_.entities) {
      if (entity.head.name == name) return &entity;
    }
    return nullptr;
  }

  const std::vector<Column>* columns_of(Symbol table) const {
    const pipeline::Node* node = pipeline_.node(table);
    return node ? &node->columns : nullptr;
  }

  void unknown_entity(const Resolving& context, NodeId node, Symbol name) {
    std::vector<std::string_view> names;
    for (const Entity& entity : pipeline_.entities) names.push_back(entity.head.name.text());
    context.report(diag::UnknownNode, node, fmt::format("there is no entity `{}`", name.text()))
        .about(name.folded())
        .help(did_you_mean(name.text(), names));
  }

  // Equalities between a column of the entity and one of the other, joined by AND.
  void read_condition(const Resolving& context, NodeId node, const Entity& own, const Entity& other,
                      pipeline::EntityJoin& join) {
    const ast::Tree& tree = context.tree;
    while (tree.is<ast::Paren>(node)) node = tree.get<ast::Paren>(node).inner;
    auto op = tree.op<ast::BinaryOp>(node);
    if (tree.is<ast::Binary>(node) && op == ast::BinaryOp::And) {
      read_condition(context, tree.get<ast::Binary>(node).left, own, other, join);
      return read_condition(context, tree.get<ast::Binary>(node).right, own, other, join);
    }
    if (tree.is<ast::Binary>(node) && op == ast::BinaryOp::Eq) {
      auto sides = tree.get<ast::Binary>(node);
      bool left = is_of(tree, sides.left, other.head.name), right = is_of(tree, sides.right, other.head.name);
      if (left != right && is_column(tree, sides.left) && is_column(tree, sides.right)) {
        return read_equality(context, node, left ? sides.right : sides.left, left ? sides.left : sides.right, own,
                             other, join);
      }
    }
    context
        .report(diag::BadMeasure, node,
                fmt::format("this does not tell which `{}` belongs to a `{}`", other.head.name.text(),
                            own.head.name.text()))
        .help(fmt::format("compare a column with one of the other: `{0}_id = {0}.id`", other.head.name.text()));
  }

  static bool is_column(const ast::Tree& tree, NodeId node) {
    return tree.is<ast::ColumnRef>(node) && tree.children(node).size() <= 2;
  }
  static bool is_of(const ast::Tree& tree, NodeId node, Symbol entity) {
    return tree.is<ast::ColumnRef>(node) && tree.children(node).size() == 2 &&
           tree.name(tree.children(node)[0]).folded() == entity;
  }

  void read_equality(const Resolving& context, NodeId node, NodeId mine, NodeId theirs, const Entity& own,
                     const Entity& other, pipeline::EntityJoin& join) {
    const auto* own_columns = columns_of(own.target);
    const auto* other_columns = columns_of(other.target);
    if (!own_columns || !other_columns) return;  // reported where the table is named
    const ast::Tree& tree = context.tree;
    const Column* left = find_column(context, tree.children(mine).back(), *own_columns, own.target.text());
    const Column* right = find_column(context, tree.children(theirs).back(), *other_columns, other.target.text());
    if (!left || !right) return;
    join.on.emplace_back(left->name, right->name);
    if (left->type.is_error() || right->type.is_error()) return;
    sql::Operand one, two;
    one.type = left->type;
    two.type = right->type;
    if (sql::binary_result(ast::BinaryOp::Eq, one, two)) return;
    context
        .report(diag::BadMeasure, node,
                fmt::format("{} and {} cannot be compared", left->type.text(), right->type.text()))
        .typed_by({column_of(own.target.text(), *left), column_of(other.target.text(), *right)})
        .help("name the columns that hold the same thing");
  }

  void read_path(const Resolving& context, NodeId path, pipeline::Metric& metric) {
    const ast::Tree& tree = context.tree;
    auto parts = tree.children(path);
    const auto* columns = columns_of(metric.target);
    if (!columns) return;
    pipeline::MetricPath result;
    const Entity* at = nullptr;
    Symbol owner = metric.target;
    for (NodeId part : parts.first(parts.size() - 1)) {
      at = at ? step(context, part, *at) : first_step(context, part, metric.target, *columns);
      if (!at) return;
      result.entities.push_back(at->head.name);
      owner = at->target;
      columns = columns_of(owner);
      if (!columns) return;
    }
    const Column* column = find_column(context, parts.back(), *columns, owner.text());
    if (!column) return;
    result.column = column->name;
    metric.by.push_back(std::move(result));
  }

  // From the table of the metric: by a join of an entity on it, or to the entity whose key it has.
  const Entity* first_step(const Resolving& context, NodeId part, Symbol table, const std::vector<Column>& columns) {
    Symbol name = text_of(context.tree, part).folded();
    for (const Entity& entity : pipeline_.entities) {
      if (entity.target != table) continue;
      for (const pipeline::EntityJoin& join : entity.joins) {
        if (join.name == name) return find_entity(join.entity);
      }
    }
    const Entity* entity = find_entity(name);
    if (!entity) {
      unknown_entity(context, part, name);
      return nullptr;
    }
    bool reached = !entity->key.empty();
    for (Symbol key : entity->key) {
      reached = reached && std::any_of(columns.begin(), columns.end(),
                                       [&](const Column& column) { return plain(column.name) == plain(key); });
    }
    if (reached || entity->key.empty()) return reached ? entity : nullptr;
    context
        .report(diag::BadMeasure, part,
                fmt::format("nothing leads from `{}` to a `{}`", table.text(), entity->head.name.text()))
        .help(fmt::format("declare an entity on `{}` with `join {} on ...`, or give it the column `{}`", table.text(),
                          name.text(), entity->key[0].text()));
    return nullptr;
  }

  const Entity* step(const Resolving& context, NodeId part, const Entity& at) {
    Symbol name = text_of(context.tree, part).folded();
    std::vector<std::string_view> names;
    for (const pipeline::EntityJoin& join : at.joins) {
      if (join.name == name) return find_entity(join.entity);
      names.push_back(join.name.text());
    }
    if (at.head.broken) return nullptr;
    context
        .report(diag::UnknownMember, part,
                fmt::format("the entity `{}` has no join `{}`", at.head.name.text(), name.text()))
        .help(did_you_mean(name.text(), names));
    return nullptr;
  }

  pipeline::Pipeline& pipeline_;
  Sink& sink_;
};

template <typename T>
T* object_of(std::vector<T>& objects, Symbol declaration) {
  for (T& object : objects) {
    if (object.head.declaration == declaration) return &object;
  }
  return nullptr;
}

}  // namespace

void check_renamed_exports(const pipeline::Pipeline& pipeline, Sink& sink) {
  std::set<Symbol, ByText> names;
  for (const pipeline::Export& each : pipeline.exports) names.insert(each.head.name);
  for (const pipeline::Export& each : pipeline.exports) {
    if (!names.count(each.renamed_from)) continue;
    report_not_renamed(sink, Place::in(each.head.declaration, each.renamed_at), each.renamed_from);
  }
}

void check_meaning(const std::vector<Member>& members, pipeline::Pipeline& pipeline, Sink& sink) {
  Paths paths(pipeline, sink);
  for (DeclKind kind : {DeclKind::Entity, DeclKind::Metric}) {
    for (const Member& member : members) {
      if (member.declaration->kind != kind || member.declaration->broken) continue;
      if (kind == DeclKind::Entity) {
        if (auto* entity = object_of(pipeline.entities, member.declaration->key)) {
          paths.read_joins(*member.declaration, *entity);
        }
      } else if (auto* metric = object_of(pipeline.metrics, member.declaration->key)) {
        paths.read_paths(*member.declaration, *metric);
      }
    }
  }
}

}  // namespace pipec::semantic
