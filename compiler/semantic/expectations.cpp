#include "semantic/expectations.h"

#include <algorithm>

#include <fmt/format.h>

#include "print/sql_printer.h"
#include "semantic/resolve.h"

namespace pipec::semantic {
namespace {

using ast::NodeId;
using pipeline::ElsePolicy;
using pipeline::Expect;
using pipeline::ExpectKind;

// For people: as the printer would write it, on one line.
print::SqlStyle one_line() {
  print::SqlStyle style;
  style.comments = false;
  style.width = 1'000'000;
  return style;
}

std::string joined(const std::vector<Symbol>& names, std::string_view separator) {
  std::string out;
  for (Symbol name : names) {
    if (!out.empty()) out += separator;
    out += name.folded().text();
  }
  return out;
}

// `unique (a, b)` parses as a call of plain columns.
std::optional<std::vector<NodeId>> unique_columns(const ast::Tree& tree, NodeId condition) {
  if (!tree.is<ast::Call>(condition)) return std::nullopt;
  auto call = tree.get<ast::Call>(condition);
  if (tree.dotted(call.function).folded().text() != "unique") return std::nullopt;
  auto arguments = tree.list(call.arguments);
  return std::vector<NodeId>(arguments.begin(), arguments.end());
}

class ExpectReader {
 public:
  ExpectReader(const Resolving& context, const Reader& reader, const pipeline::Node& node, Resolved& out)
      : context_(context),
        tree_(context.tree),
        reader_(reader),
        node_(node),
        out_(out),
        interface_(interface_of(node, context.declaration.key)) {}

  void read(NodeId item) {
    auto decl = tree_.get<ast::Expect>(item);
    Expect expect;
    expect.policy = read_policy(context_, item, tree_.name(item), true);
    set_aside(item, decl, expect);
    if (decl.not_null) {
      expect.kind = ExpectKind::NotNull;
      expect.columns = names_of(tree_, decl.not_null);
      if (!check_columns(context_, decl.not_null, node_.columns, node_.head.name.text())) return;
      expect.text = fmt::format("not null ({})", joined(expect.columns, ", "));
      add(std::move(expect), fmt::format("not_null__{}", joined(expect.columns, "__")));
    } else if (decl.references) {
      read_reference(decl, std::move(expect));
    } else if (auto unique = unique_columns(tree_, decl.condition)) {
      if (!read_columns(*unique, expect.columns)) return;
      expect.kind = ExpectKind::Unique;
      expect.text = fmt::format("unique ({})", joined(expect.columns, ", "));
      std::string name = fmt::format("unique__{}", joined(expect.columns, "__"));
      add(std::move(expect), std::move(name));
    } else {
      read_condition(decl.condition, std::move(expect));
    }
  }

  // Rows that are left out, or kept in a table beside.
  void set_aside(NodeId item, const ast::Expect& decl, Expect& expect) {
    using pipeline::Capability;
    bool drop = expect.policy == ElsePolicy::Drop;
    if (!drop && expect.policy != ElsePolicy::Quarantine) return;
    out_.needs.push_back({drop ? Capability::ExpectDrop : Capability::ExpectQuarantine, context_.declaration.key,
                          tree_[item].span, drop ? "`else drop`" : "`else quarantine`"});
    if (drop || !decl.quarantine) return;
    check_two_names(context_, decl.quarantine, "rows are set aside in a schema", "else quarantine silver.refused");
    expect.quarantine = tree_.dotted(decl.quarantine).folded();
    for (const pipeline::Node& known : out_.nodes) {
      if (known.head.name == expect.quarantine) return;  // of another expectation of the model
    }
    pipeline::Node aside;
    aside.head = node_.head;
    aside.head.name = expect.quarantine;
    aside.head.description = fmt::format("Rows that {} does not take.", node_.head.name.text());
    aside.kind = pipeline::NodeKind::Quarantine;
    aside.columns = node_.columns;
    aside.inputs = node_.inputs;
    aside.lineage = node_.lineage;
    aside.columns.push_back({Symbol::of("_reason"), sql::TypeKind::String, false, "Which expectation failed.", {}});
    aside.lineage.resize(aside.columns.size());
    out_.tables.push_back(interface_of(aside, context_.declaration.key));
    out_.nodes.push_back(std::move(aside));
  }

  std::vector<Expect> take() { return std::move(expects_); }

 private:
  bool read_columns(const std::vector<NodeId>& nodes, std::vector<Symbol>& columns) {
    for (NodeId node : nodes) {
      NodeId inner = node;
      while (tree_.is<ast::Paren>(inner)) inner = tree_.get<ast::Paren>(inner).inner;
      Symbol name = tree_.is<ast::ColumnRef>(inner) ? tree_.dotted(inner) : Symbol();
      auto same = [&](const pipeline::Column& c) { return c.name.folded() == name.folded(); };
      auto found = std::find_if(node_.columns.begin(), node_.columns.end(), same);
      if (found == node_.columns.end()) {
        report_no_column(context_, context_.place(node), node_.columns, node_.head.name.text(), name);
        return false;
      }
      columns.push_back(found->name);
    }
    return true;
  }

  void read_reference(const ast::Expect& decl, Expect expect) {
    std::vector<NodeId> nodes;
    if (tree_.is<ast::Row>(decl.condition)) {
      auto items = tree_.list(tree_.get<ast::Row>(decl.condition).items);
      nodes.assign(items.begin(), items.end());
    } else {
      nodes.push_back(decl.condition);
    }
    if (!read_columns(nodes, expect.columns)) return;
    expect.kind = ExpectKind::References;
    expect.referenced = tree_.dotted(decl.references).folded();
    const pipeline::Node* target = reader_.node(expect.referenced);
    if (!target) {
      if (reader_.table(expect.referenced)) return;  // broken: reported there
      context_
          .report(diag::UnknownNode, decl.references, fmt::format("there is no table `{}`", expect.referenced.text()))
          .about(expect.referenced)
          .help(did_you_mean(expect.referenced.text(), reader_.table_names()));
      return;
    }
    expect.referenced_columns = names_of(tree_, decl.referenced);
    if (decl.referenced && !check_columns(context_, decl.referenced, target->columns, target->head.name.text())) return;
    if (expect.referenced_columns.empty()) expect.referenced_columns = expect.columns;
    if (expect.referenced_columns.size() != expect.columns.size()) {
      context_.report(diag::BadExpectation, decl.references, "both sides of `references` need as many columns")
          .help("name the columns of the other table: `references t (a, b)`");
      return;
    }
    expect.text = fmt::format("({}) references {} ({})", joined(expect.columns, ", "), expect.referenced.text(),
                              joined(expect.referenced_columns, ", "));
    std::string name = fmt::format("references__{}", joined(expect.columns, "__"));
    add(std::move(expect), std::move(name));
  }

  void read_condition(NodeId condition, Expect expect) {
    sql::BindContext bind{reader_, context_.sink, context_.declaration.key};
    auto bound = std::make_shared<sql::BoundExpression>(sql::bind_expression(tree_, condition, interface_, bind));
    if (!bound->ok || bound->type.is_error()) return;
    if (!bound->type.is(sql::TypeKind::Boolean)) {
      context_
          .report(diag::BadExpectation, condition,
                  fmt::format("an expectation is a condition, but this is {}", bound->type.text()))
          .help("compare it with something: `amount >= 0`");
      return;
    }
    expect.text = print::print_sql(tree_, condition, one_line()).sql;
    // A name from what the condition says, not from where it stands: a check keeps its history when others move.
    std::string name = fmt::format("expect__{}", fingerprint(ast::dump(tree_, condition)).hex().substr(0, 8));
    expect.condition = {context_.declaration.tree, condition, std::move(bound)};
    add(std::move(expect), std::move(name));
  }

  void add(Expect expect, std::string name) {
    expect.name = Symbol::of(name);
    for (const Expect& other : expects_) {
      if (other.name == expect.name) return;  // said twice: once is enough
    }
    expects_.push_back(std::move(expect));
  }

  const Resolving& context_;
  const ast::Tree& tree_;
  const Reader& reader_;
  const pipeline::Node& node_;
  Resolved& out_;
  sql::TableInterface interface_;
  std::vector<Expect> expects_;
};

}  // namespace

ElsePolicy read_policy(const Resolving& context, NodeId node, Symbol word, bool rows) {
  std::string_view text = word.text();
  if (text.empty() || text == "block") return ElsePolicy::Block;
  if (text == "fail") return ElsePolicy::Fail;
  if (text == "warn") return ElsePolicy::Warn;
  if (rows && text == "drop") return ElsePolicy::Drop;
  if (rows && text == "quarantine") return ElsePolicy::Quarantine;
  context.report(diag::BadWord, node, fmt::format("`else {}` is no policy that pipec knows", text))
      .help(rows ? "use one of `block`, `fail`, `warn`, `drop`, `quarantine t`" : "use one of `block`, `fail`, `warn`");
  return ElsePolicy::Block;
}

std::vector<Expect> read_expectations(const Resolving& context, const Reader& reader, NodeId items,
                                      const pipeline::Node& node, Resolved& out) {
  ExpectReader expects(context, reader, node, out);
  for (NodeId item : context.tree.list(items)) {
    if (context.tree.is<ast::Expect>(item)) expects.read(item);
  }
  return expects.take();
}

}  // namespace pipec::semantic
