// `test 'title' for model { ... }`: inputs given, runs, what is expected. Here only whether it can be run at all:
// tables, columns and values fit.
#include <algorithm>

#include <fmt/format.h>

#include "lineage/reads.h"
#include "pipeline/dates.h"
#include "semantic/items.h"
#include "semantic/resolve.h"
#include "sql/coercion.h"

namespace pipec::semantic {
namespace {

using ast::NodeId;
using pipeline::Column;

class TestResolver {
 public:
  TestResolver(const Resolving& context, const Reader& reader, Resolved& out)
      : context_(context),
        tree_(context.tree),
        reader_(reader),
        out_(out),
        decl_(tree_.get<ast::TestDecl>(tree_.root)) {}

  void run() {
    pipeline::Test test;
    ProjectFacts facts = reader_.facts();
    facts.require_description = false;  // its title says what it is about
    test.head = head_of(context_, facts, decl_.annotations);
    test.target = tree_.dotted(decl_.target).folded();
    test.tree = context_.declaration.tree;
    node_ = reader_.node(test.target);
    model_ = reader_.model(test.target);
    const sql::TableInterface* table = reader_.table(test.target);
    if (!table) {
      context_.report(diag::UnknownNode, decl_.target, fmt::format("there is no model `{}`", test.target.text()))
          .about(test.target.folded())
          .help(did_you_mean(test.target.text(), reader_.table_names()));
    } else if (node_ && !model_) {
      context_.report(diag::UnknownNode, decl_.target, fmt::format("`{}` is no model", test.target.text()))
          .help("a test is about a model");
    }
    bool expects = false;
    read_steps(decl_.items, expects);
    if (!expects) {
      context_.sink
          .report(diag::MissingItem, Place::of_member(context_.declaration.key, Symbol()), "the test expects nothing")
          .help("add `expect (column) values (1)`");
    }
    if (table && !table->broken) out_.tests.push_back(std::move(test));
  }

 private:
  void read_steps(NodeId list, bool& expects) {
    for (NodeId item : tree_.list(list)) {
      if (!tree_.is<ast::Property>(item)) continue;
      std::string_view name = tree_.name(item).text();
      auto children = tree_.children(item);
      if (name == "step") {
        read_steps(children.empty() ? NodeId{} : children[0], expects);
      } else if (name == "given" || name == "change") {
        read_given(children[0], children[1]);
      } else if (name == "run") {
        read_window(children);
      } else if (name == "expect") {
        expects = true;
        if (node_ && model_) read_rows(children[0], node_->columns, node_->head.name.text(), {});
      } else if (name == "expect cte") {
        expects = true;
        read_cte(children[0], children[1]);
      }
    }
  }

  // Only what the model reads can change what it gives.
  void read_given(NodeId name_node, NodeId rows) {
    Symbol name = text_of(tree_, name_node).folded();
    const sql::TableInterface* target = reader_.table(node_ ? node_->head.name : Symbol());
    if (!model_ || !target || target->broken) return;
    if (model_->head.broken || (model_->query.bound && !model_->query.bound->ok)) return;  // what it reads is not known
    bool is_input = std::binary_search(node_->inputs.begin(), node_->inputs.end(), name, ByText{});
    if (!is_input) {
      std::vector<std::string_view> names;
      for (Symbol input : node_->inputs) names.push_back(input.text());
      context_
          .report(diag::UnknownNode, name_node,
                  fmt::format("`{}` does not read `{}`", node_->head.name.text(), name.text()))
          .about(name)
          .help(did_you_mean(name.text(), names));
      return;
    }
    const sql::TableInterface* table = reader_.table(name);
    const pipeline::Node* input = reader_.node(name);
    if (!input || !table || table->broken) return;
    read_rows(rows, input->columns, name.text(), name);
    require_given(rows, *input);
  }

  // A column that is not given is null: the model must not read one that never is.
  void require_given(NodeId rows, const pipeline::Node& input) {
    std::vector<Symbol> given = names_of(tree_, tree_.children(rows)[0]);
    for (const Column& column : input.columns) {
      auto same = [&](Symbol name) { return name.folded() == column.name.folded(); };
      if (column.nullable || std::any_of(given.begin(), given.end(), same)) continue;
      if (!lineage::reads(model_->query.lineage, {input.head.name, column.name.folded()})) continue;
      context_
          .report(diag::BadRow, tree_.children(rows)[0],
                  fmt::format("`{}` is not given, but the model reads it and it is never null", column.name.text()))
          .help("name it, and give it a value in each row");
      return;
    }
  }

  void read_cte(NodeId name_node, NodeId rows) {
    if (!model_ || !model_->query.tree) return;
    const ast::Tree& tree = *model_->query.tree;
    if (!tree.is<ast::Query>(model_->query.node)) return;  // broken
    Symbol wanted = text_of(tree_, name_node).folded();
    std::vector<std::string_view> names;
    NodeId with = tree.get<ast::Query>(model_->query.node).with;
    if (with) {
      for (NodeId cte : tree.list(tree.get<ast::With>(with).ctes)) {
        names.push_back(tree.name(cte).text());
        if (tree.name(cte).folded() == wanted) return read_cte_rows(cte, wanted, rows);
      }
    }
    context_
        .report(diag::UnknownMember, name_node,
                fmt::format("`{}` has no common table expression `{}`", node_->head.name.text(), wanted.text()))
        .help(did_you_mean(wanted.text(), names));
  }

  void read_cte_rows(NodeId cte, Symbol name, NodeId rows) {
    const auto& ctes = model_->query.bound->tables.ctes;
    auto known = ctes.find(cte.value);
    if (known == ctes.end()) return check_widths(rows);
    std::vector<Column> columns;
    for (const auto& column : known->second) columns.push_back({column.name, column.type, true, {}, {}});
    read_rows(rows, columns, name.text(), {});
  }

  void check_widths(NodeId rows) {
    std::span<const NodeId> all = tree_.list(tree_.children(rows)[1]);
    if (!are_named_right(rows, all)) return;
    size_t width = tree_.list(tree_.children(rows)[0]).size();
    for (NodeId row : all) check_width(row, width);
  }

  size_t width_of(NodeId row) const { return tree_.list(tree_.get<ast::Row>(row).items).size(); }

  // Where the rows agree with each other, it is the names that are wrong.
  bool are_named_right(NodeId rows, std::span<const NodeId> all) {
    NodeId names = tree_.children(rows)[0];
    size_t width = tree_.list(names).size();
    if (all.size() < 2 || width_of(all[0]) == width) return true;
    auto as_first = [&](NodeId row) { return width_of(row) == width_of(all[0]); };
    if (!std::all_of(all.begin(), all.end(), as_first)) return true;
    context_
        .report(diag::BadRow, names,
                fmt::format("{} columns are named, but each row has {} values", width, width_of(all[0])))
        .help("name one column for each value");
    return false;
  }

  bool check_width(NodeId row, size_t width) {
    if (width_of(row) == width) return true;
    context_
        .report(diag::BadRow, row, fmt::format("{} columns are named, but the row has {} values", width, width_of(row)))
        .help("give one value for each column");
    return false;
  }

  void read_rows(NodeId rows, const std::vector<Column>& columns, std::string_view owner, Symbol input) {
    std::vector<const Column*> named;
    for (NodeId name : tree_.list(tree_.children(rows)[0])) {
      named.push_back(find_column(context_, name, columns, owner));
    }
    std::span<const NodeId> all = tree_.list(tree_.children(rows)[1]);
    if (!are_named_right(rows, all)) return;
    for (NodeId row : all) {
      if (!check_width(row, named.size())) continue;
      auto items = tree_.list(tree_.get<ast::Row>(row).items);
      for (size_t i = 0; i < items.size(); ++i) {
        if (named[i]) check_value(items[i], *named[i], owner, !input.empty());
      }
    }
  }

  void check_value(NodeId value, const Column& column, std::string_view owner, bool given) {
    sql::TableInterface nothing;
    nothing.declaration = context_.declaration.key;
    sql::BindContext bind{reader_, context_.sink, context_.declaration.key};
    sql::BoundExpression bound = sql::bind_expression(tree_, value, nothing, bind);
    if (!bound.ok || bound.type.is_error() || column.type.is_error()) return;
    if (bound.type.is(sql::TypeKind::Void)) {
      if (column.nullable || !given) return;
      context_.report(diag::BadRow, value, fmt::format("`{}` is never null", column.name.text()))
          .help("give it a value");
      return;
    }
    bool numbers = bound.type.is_numeric() && column.type.is_numeric();
    if (numbers || bound.type == column.type || sql::widens(bound.type, column.type)) return;
    if (!bound.type.is(sql::TypeKind::String) && sql::can_coerce(bound.type, column.type)) return;
    bool nested = column.type.is(sql::TypeKind::Array) || column.type.is(sql::TypeKind::Map) ||
                  column.type.is(sql::TypeKind::Struct) || column.type.is(sql::TypeKind::Variant);
    if (nested && sql::can_cast(bound.type, column.type)) return;
    context_
        .report(diag::BadRow, value,
                fmt::format("`{}` is {}, but this is {}", column.name.text(), column.type.text(), bound.type.text()))
        .typed_by({column_of(owner, column)})
        .help(fmt::format("write a value of that type, or `cast(... as {})`", column.type.text()));
  }

  void read_window(std::span<const NodeId> bounds) {
    bool ok = true;
    for (NodeId bound : bounds) ok = check_date(bound) && ok;
    if (!ok || bounds.size() < 2) return;
    if (text_of(tree_, bounds[0]).text() < text_of(tree_, bounds[1]).text()) return;
    context_.report(diag::BadDuration, bounds[1], "the window ends before it begins")
        .label(context_.place(bounds[0]), "it begins here")
        .help("the end is the first moment that is not in it");
  }

  bool check_date(NodeId node) {
    std::string_view text = text_of(tree_, node).text();
    if (pipeline::is_date(text)) return true;
    context_.report(diag::BadDuration, node, fmt::format("`{}` is no date", text)).help("write `run '2026-01-31'`");
    return false;
  }

  const Resolving& context_;
  const ast::Tree& tree_;
  const Reader& reader_;
  Resolved& out_;
  ast::TestDecl decl_;
  const pipeline::Node* node_ = nullptr;
  const pipeline::Model* model_ = nullptr;
};

}  // namespace

void resolve_test(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  TestResolver(context, reader, out).run();
}

}  // namespace pipec::semantic
