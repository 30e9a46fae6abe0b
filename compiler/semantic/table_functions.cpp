#include "semantic/table_functions.h"

#include <algorithm>

#include <fmt/format.h>

#include "ast/walk.h"
#include "semantic/template_body.h"
#include "sql/diagnostics.h"
#include "sql/expansion_size.h"
#include "sql/functions.h"
#include "sql/user_arguments.h"

namespace pipec::semantic {

using namespace ast;

namespace {

struct Parameter {
  ParamKind kind = ParamKind::Value;
  ParamDecl parts;
  Symbol name;      // folded
  NodeId argument;  // in the caller's tree; none: the default
};

/// A plan for one call: which CTEs stand before the body, and what its names become.
struct Plan {
  Substitution with;
  struct Table {
    NodeId argument;
    Symbol name;
    std::vector<NodeId> needs;  // StructField nodes, made
    Span span;
  };
  std::vector<Table> tables;
};

class Expander {
 public:
  Expander(const Resolving& context, const Reader& reader) : context_(context), from_(context.tree), reader_(reader) {}

  bool is_needed() const {
    for (uint32_t i = 1; i < from_.size(); ++i) {
      if (from_.is<TableFunction>(NodeId{i}) && function_of(from_.get<TableFunction>(NodeId{i}).function)) return true;
    }
    return false;
  }

  std::shared_ptr<const Tree> run() {
    auto made = std::make_shared<Tree>();
    to_ = made.get();
    moved_.resize(from_.size());
    to_->root = copy(from_.root);
    for (const Comment& comment : from_.comments) {
      if (NodeId node = moved_[comment.node.value]) {
        to_->comments.push_back({node, comment.place, comment.line, comment.text});
      }
    }
    for (const Doc& doc : from_.docs) {
      if (NodeId node = moved_[doc.node.value]) to_->docs.push_back({node, doc.text});
    }
    return made;
  }

 private:
  const sql::FunctionInterface* function_of(NodeId qname) const {
    if (!from_.is<QName>(qname)) return nullptr;
    Symbol name = from_.dotted(qname).folded();
    if (sql::find_function(name.text())) return nullptr;
    const sql::FunctionInterface* function = reader_.function(name);
    return function && (function->gives_table || function->broken) ? function : nullptr;
  }

  NodeId copy(NodeId id) {
    if (!id) return {};
    NodeId made;
    if (from_.is<TableFunction>(id)) {
      TableFunction parts = from_.get<TableFunction>(id);
      if (const auto* function = function_of(parts.function)) {
        made = expand(*function, id, parts.function, from_.list(parts.arguments), parts.alias);
        moved_[id.value] = made;
        return made;
      }
    }
    std::vector<NodeId> children;
    children.reserve(from_.children(id).size());
    for (NodeId child : from_.children(id)) children.push_back(copy(child));
    const Node& node = from_[id];
    made = to_->add(node.kind, children, node.name, node.op, node.flags, node.span);
    moved_[id.value] = made;
    return made;
  }

  NodeId broken(NodeId at) { return to_->add(NodeKind::Error, {}, {}, 0, 0, from_[at].span); }

  // Functions that read each other twice double at each step.
  NodeId too_large(const sql::FunctionInterface& function, NodeId called, NodeId call) {
    if (!told_) {
      context_
          .report(sql::diag::TooLarge, called,
                  fmt::format("`{}` makes this query longer than pipec takes", function.name.text()))
          .help("read a model where the same query is expanded many times");
    }
    told_ = true;
    return broken(call);
  }

  // A relation: QueryRef, or Error where the call is wrong and that has been said.
  NodeId expand(const sql::FunctionInterface& function, NodeId call, NodeId called, std::span<const NodeId> arguments,
                NodeId alias) {
    if (function.broken) return broken(call);
    const Tree& body = *function.gives_table->tree;
    FunctionDecl decl = body.get<FunctionDecl>(body.root);
    std::vector<Parameter> parameters;
    if (!match(function, body, decl, called, arguments, parameters)) return broken(call);
    if (to_->size() + body.size() > sql::kMostExpanded) return too_large(function, called, call);
    TemplateBody text(body, table_body(body, decl));
    Plan plan;
    plan.with.call = from_[called].span;
    if (!make_plan(function, body, text, parameters, arguments, plan)) return broken(call);
    NodeId query = with_tables(plan, text.copy(*to_, plan.with));
    if (failed_) {
      failed_ = false;
      return broken(call);
    }
    Span span = from_[call].span;
    NodeId name = alias ? copy(alias)
                        : to_->add(NodeKind::Alias, {NodeId{}}, from_.name(from_.children(called).back()), 0, 0, span);
    return to_->add(NodeKind::QueryRef, {query, NodeId{}, name}, {}, 0, 0, span);
  }

  bool match(const sql::FunctionInterface& function, const Tree& body, const FunctionDecl& decl, NodeId called,
             std::span<const NodeId> arguments, std::vector<Parameter>& parameters) {
    std::vector<std::string_view> names;
    for (NodeId argument : arguments) {
      names.push_back(from_.is<NamedArg>(argument) ? from_.name(argument).text() : std::string_view{});
    }
    std::vector<size_t> argument_of;
    if (std::optional<sql::ArgumentFault> fault = sql::match_arguments(function, names, argument_of)) {
      NodeId at = fault->argument == sql::kNoArgument ? called : arguments[fault->argument];
      auto builder = context_.report(*fault->kind, at, std::move(fault->message));
      if (!fault->help.empty()) builder.help(std::move(fault->help));
      return false;
    }
    std::span<const NodeId> declared = body.list(decl.params);
    for (size_t i = 0; i < declared.size(); ++i) {
      Parameter& parameter = parameters.emplace_back();
      parameter.kind = body.op<ParamKind>(declared[i]);
      parameter.parts = body.get<ParamDecl>(declared[i]);
      parameter.name = body.name(declared[i]).folded();
      if (argument_of[i] == sql::kNoArgument) continue;
      NodeId argument = arguments[argument_of[i]];
      parameter.argument = from_.is<NamedArg>(argument) ? from_.get<NamedArg>(argument).value : argument;
    }
    return true;
  }

  bool mentioned(std::span<const NodeId> arguments, Symbol folded) const {
    for (NodeId argument : arguments) {
      if (TemplateBody(from_, argument).mentions(folded)) return true;
    }
    return false;
  }

  // The parameter's own name, unless an argument means something else by it.
  Symbol table_name(const TemplateBody& text, Symbol parameter, std::span<const NodeId> arguments, const Plan& plan) {
    Symbol name = parameter;
    for (uint32_t number = 1;; ++number) {
      bool taken = mentioned(arguments, name) || (name != parameter && text.mentions(name));
      for (const Plan::Table& table : plan.tables) taken = taken || table.name == name;
      if (!taken) return name;
      name = Symbol::of(fmt::format("{}_{}", parameter.text(), number));
    }
  }

  bool make_plan(const sql::FunctionInterface& function, const Tree& body, const TemplateBody& text,
                 const std::vector<Parameter>& parameters, std::span<const NodeId> arguments, Plan& plan) {
    auto defined = text.defined();
    for (const Parameter& parameter : parameters) {
      switch (parameter.kind) {
        case ParamKind::Table: {
          Plan::Table& table = plan.tables.emplace_back();
          table.argument = parameter.argument;
          table.name = table_name(text, parameter.name, arguments, plan);
          table.span = from_[parameter.argument].span;
          for (NodeId field : body.list(parameter.parts.type)) {
            NodeId type = to_->copy(body, body.get<StructField>(field).type);
            table.needs.push_back(to_->add(NodeKind::StructField, {type}, body.name(field), 0, 0, table.span));
          }
          plan.with.tables.push_back({parameter.name, table.name});
          break;
        }
        case ParamKind::Value:
          if (!add_value(function, body, parameter, plan)) return false;
          break;
        default:
          if (!add_columns(function, body, parameter, defined, plan)) return false;
      }
    }
    return true;
  }

  bool add_value(const sql::FunctionInterface& function, const Tree& body, const Parameter& parameter, Plan& plan) {
    if (!parameter.argument) {
      plan.with.values.push_back({parameter.name, &body, parameter.parts.fallback});
      return true;
    }
    NodeId stray = foreign_name(parameter.argument);
    if (!stray) {
      plan.with.values.push_back({parameter.name, &from_, parameter.argument});
      return true;
    }
    context_
        .report(sql::diag::ArgumentType, stray,
                fmt::format("`{}` of `{}` is one value for the whole table, and cannot read a column",
                            parameter.name.text(), function.name.text()))
        .help("write a constant, or filter what the function gives");
    return false;
  }

  // A name in an argument that is not a parameter of the function around it, or a query.
  NodeId foreign_name(NodeId argument) const {
    return find_below(from_, argument, [&](NodeId id) {
      return from_.is<Query>(id) || (from_.is<ColumnRef>(id) && !is_own_parameter(from_.name(from_.children(id)[0])));
    });
  }
  bool is_own_parameter(Symbol name) const {
    if (!from_.is<FunctionDecl>(from_.root)) return false;
    for (NodeId parameter : from_.list(from_.get<FunctionDecl>(from_.root).params)) {
      bool value = from_.op<ParamKind>(parameter) == ParamKind::Value;
      if (value && from_.name(parameter).folded() == name.folded()) return true;
    }
    return false;
  }

  bool add_columns(const sql::FunctionInterface& function, const Tree& body, const Parameter& parameter,
                   const std::vector<std::pair<Symbol, NodeId>>& defined, Plan& plan) {
    NodeId argument = parameter.argument;
    while (from_.is<Paren>(argument)) argument = from_.get<Paren>(argument).inner;
    bool several = parameter.kind == ParamKind::Columns;
    std::vector<NodeId> refs;
    if (several && from_.is<Row>(argument)) {
      for (NodeId item : from_.list(from_.get<Row>(argument).items)) refs.push_back(item);
    } else {
      refs.push_back(argument);
    }
    Substitution::Columns columns{parameter.name, several, {}, from_[argument].span};
    for (NodeId ref : refs) {
      if (!from_.is<ColumnRef>(ref) || from_.children(ref).size() != 1) {
        context_
            .report(sql::diag::ArgumentType, ref,
                    fmt::format("`{}` of `{}` takes the name of a column", parameter.name.text(), function.name.text()))
            .help(several ? "write `(first_column, second_column)`" : "write the name alone");
        return false;
      }
      Symbol name = from_.name(from_.children(ref)[0]);
      for (const auto& [own, node] : defined) {
        if (own != name.folded()) continue;
        context_
            .report(sql::diag::ArgumentType, ref,
                    fmt::format("`{}` is a name that `{}` gives to something of its own", name.text(),
                                function.name.text()))
            .label(Place::in(function.declaration, body[node].span), "given here")
            .help("rename it there, or the column here");
        return false;
      }
      columns.names.push_back(name);
      NodeId type = parameter.parts.type ? to_->copy(body, parameter.parts.type) : NodeId{};
      NodeId field = to_->add(NodeKind::StructField, {type}, name, 0, 0, from_[ref].span);
      plan.tables.back().needs.push_back(field);
    }
    if (columns.names.empty()) {
      context_.report(
          sql::diag::ArgumentType, argument,
          fmt::format("`{}` of `{}` takes one column or more", parameter.name.text(), function.name.text()));
      return false;
    }
    plan.with.columns.push_back(std::move(columns));
    return true;
  }

  NodeId empty_query(NodeId with, NodeId body, Span span) {
    return to_->add(NodeKind::Query, {with, body, {}, {}, {}, {}, {}, {}, {}}, {}, 0, 0, span);
  }
  NodeId all_of(NodeId relation, Span span) {
    NodeId star = to_->add(NodeKind::Star, {NodeId{}, NodeId{}}, {}, 0, 0, span);
    NodeId items = to_->add(NodeKind::List, {star}, {}, 0, 0, span);
    NodeId from = to_->add(NodeKind::List, {relation}, {}, 0, 0, span);
    NodeId select = to_->add(NodeKind::Select, {{}, items, from, {}, {}, {}, {}, {}}, {}, 0, 0, span);
    return empty_query({}, select, span);
  }

  NodeId table_query(NodeId argument, Span span) {
    while (from_.is<Paren>(argument)) argument = from_.get<Paren>(argument).inner;
    if (from_.is<ScalarQuery>(argument)) return copy(from_.get<ScalarQuery>(argument).query);
    if (from_.is<ColumnRef>(argument)) {
      std::vector<NodeId> names;
      for (NodeId name : from_.children(argument)) names.push_back(copy(name));
      NodeId qname = to_->add(NodeKind::QName, names, {}, 0, 0, span);
      return all_of(to_->add(NodeKind::TableRef, {qname, {}, {}, {}}, {}, 0, 0, span), span);
    }
    if (from_.is<Call>(argument)) {
      Call call = from_.get<Call>(argument);
      if (const auto* function = function_of(call.function)) {
        return all_of(expand(*function, argument, call.function, from_.list(call.arguments), {}), span);
      }
    }
    context_.report(sql::diag::ArgumentType, argument, "a table is wanted here")
        .help("write the name of a table, or a query in parentheses");
    failed_ = true;
    return empty_query({}, to_->add(NodeKind::Error, {}), span);
  }

  // WITH t AS (...) before the body; a body that has a recursive WITH of its own keeps it inside.
  NodeId with_tables(const Plan& plan, NodeId body) {
    std::vector<NodeId> ctes;
    for (const Plan::Table& table : plan.tables) {
      NodeId query = table_query(table.argument, table.span);
      NodeId needs = to_->add(NodeKind::List, table.needs, {}, 0, 0, table.span);
      ctes.push_back(to_->add(NodeKind::Cte, {NodeId{}, query, NodeId{}, needs}, table.name, 0, 0, table.span));
    }
    if (ctes.empty()) return body;
    Query parts = to_->get<Query>(body);
    bool nested = parts.with && to_->has(parts.with, kRecursive);
    if (parts.with && !nested) {
      std::span<const NodeId> own = to_->list(to_->get<With>(parts.with).ctes);
      ctes.insert(ctes.end(), own.begin(), own.end());
    }
    NodeId list = to_->add(NodeKind::List, ctes, {}, 0, 0, plan.with.call);
    NodeId with = to_->add(NodeKind::With, {list}, {}, 0, 0, plan.with.call);
    if (nested) return empty_query(with, body, plan.with.call);
    std::vector<NodeId> children(to_->children(body).begin(), to_->children(body).end());
    children[0] = with;
    const Node& node = (*to_)[body];
    return to_->add(NodeKind::Query, children, node.name, node.op, node.flags, node.span);
  }

  const Resolving& context_;
  const Tree& from_;
  const Reader& reader_;
  Tree* to_ = nullptr;
  std::vector<NodeId> moved_;
  bool failed_ = false;
  bool told_ = false;
};

}  // namespace

std::shared_ptr<const Tree> expand_table_functions(const Declaration& declaration, const Reader& reader, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  Expander expander(context, reader);
  return expander.is_needed() ? expander.run() : declaration.tree;
}

}  // namespace pipec::semantic
