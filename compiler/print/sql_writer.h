// The state of one printing. A file a construct: sql_writer.cpp (nodes, names, comments), expressions.cpp,
// calls.cpp, expand.cpp (functions), types.cpp, literals.cpp, queries.cpp, relations.cpp, statements.cpp.
#pragma once

#include <deque>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>

#include "print/comments.h"
#include "print/layout.h"
#include "print/sql_printer.h"

namespace pipec::print {

using ast::NodeId;
using ast::NodeKind;

class SqlWriter {
 public:
  explicit SqlWriter(const SqlStyle& style) : style_(style), dialect_(*style.dialect) {}
  PrintResult run(const Subtree& root);
  /// The words and the places where lines may end, not yet printed.
  Layout lay_out(const Subtree& root);

 private:
  /// What a node id means here: the tree, its rewrites, and the function that is being expanded.
  struct Context {
    const ast::Tree* tree = nullptr;
    const Rewrites* rewrites = nullptr;
    Comments* comments = nullptr;  // none: not printed
    const Expansion* expansion = nullptr;
    Context* caller = nullptr;
    std::vector<std::pair<Symbol, Symbol>> lambda_names;  // folded -> as printed; the last one counts
    std::vector<std::span<const NodeId>> unqualified;     // paths of mapped relations that have no alias
  };
  class Within;
  class Commented;

  // ---- sql_writer.cpp: text
  void put(std::string_view text);
  void quoted_text(std::string_view text);  // may hold ends of lines
  void put_identifier(Symbol name, NodeId node, bool surely);
  void comma_list(std::span<const NodeId> ids);  // between softlines of the caller's group
  /// "(a, b)", broken one a line.
  void paren_list(std::span<const NodeId> ids);
  void paren_names(NodeId list);
  template <typename Print>
  void parenthesised(Print&& print);
  void error(NodeId node, std::string message);
  void unsupported(NodeId node, std::string_view what);
  bool supports(Feature feature, NodeId node, std::string_view what);

  // ---- sql_writer.cpp: nodes
  void emit(NodeId id);
  void emit_bare(NodeId id);
  void name(NodeId id);
  void path(NodeId id, NodeId owner);
  size_t vanished_qualifiers(std::span<const NodeId> names) const;
  void function_name(NodeId id);
  void parts(const std::vector<Symbol>& symbols, NodeId node);
  Context context_of(const Subtree& subtree);
  template <typename T>
  const T* rewrite(Rewrites::ByNode<T> Rewrites::* table, NodeId id) const;

  // ---- comments.cpp
  void hoist(NodeId id, bool own_line = false);
  void above(NodeId id, bool own_line);
  void before(NodeId id);
  void suffix(std::string text);
  void comment_within(const ast::Comment& comment);
  void after(NodeId id);
  void comment_above(const ast::Comment& comment, bool own_line);
  std::string comment_text(const ast::Comment& comment, bool& line) const;
  bool comments_here() const { return here_->comments != nullptr && !here_->comments->none(); }
  NodeId leftmost(NodeId id) const;
  bool begins_lines(NodeId id) const;

  // ---- expressions.cpp
  void expr(NodeId id, Level least, bool own_lines = false);
  void expr_bare(NodeId id, bool own_lines);
  Level level(NodeId id) const;
  Level operand_level(NodeId operand, Level own) const;
  void unary(NodeId id);
  void binary(NodeId id, bool own_lines);
  void chain(NodeId id, Level level, bool own_lines);
  void operator_text(NodeId id);
  void predicate(NodeId id);
  void like(NodeId id);
  void case_expr(NodeId id);
  void cast(NodeId id);
  void row(NodeId id);
  void lambda(NodeId id);
  void condition(std::string_view keyword, NodeId id);
  void postfix_operand(NodeId id);
  // ---- calls.cpp
  void call(NodeId id);
  void call_arguments(NodeId id);
  void window(NodeId id);
  void frame_bound(NodeId id);
  void order_list(NodeId list);
  void order_item(NodeId id);
  void order_tail(NodeId id);
  // ---- expand.cpp
  void expansion(NodeId id, const Expansion& expansion, Level least);
  const Expansion::Argument* parameter(NodeId column) const;
  void argument(NodeId column, const Expansion::Argument& argument, Level least);
  Symbol lambda_name(Symbol written) const;
  Symbol fresh_lambda_name(Symbol written) const;
  // ---- literals.cpp
  void literal(NodeId id);
  void number(NodeId id);
  void string_constant(NodeId id, std::string_view value);
  void interval(NodeId id);
  void param(NodeId id);
  // ---- types.cpp
  void data_type(NodeId id);
  void type_name(NodeId id);
  void struct_field(NodeId id);
  void cast_to(const TypeRef& type);
  // ---- queries.cpp
  void query(NodeId id, bool own_lines);
  void query_bare(NodeId id);
  void query_parens(NodeId id);
  void body(NodeId id);
  void set_operand(NodeId id, bool right, NodeId of);
  void set_op(NodeId id);
  void query_tail(NodeId id, bool here);
  void set_operator(NodeId id);
  void select(NodeId id);
  void select_head(NodeId id);
  // pipes.cpp
  void pipe(NodeId id);
  void pipe_step(NodeId id);
  void pipe_aggregate(NodeId id);
  void select_items(NodeId select, NodeId list);
  void select_item(NodeId id);
  void projected(const Projected& item);
  void star(NodeId id);
  void star_column(const StarColumn& column, NodeId id);
  void star_columns(NodeId id, const std::vector<StarColumn>& columns);
  void group_by(NodeId id);
  void values_rows(NodeId list);
  void with(NodeId id);
  void wrapped_list(NodeId id, const std::vector<Wrapped>& columns);
  void wrapped(NodeId id, const std::vector<Wrapped>& columns, std::string_view alias);
  void clause();
  void clause_list(std::string_view keyword, NodeId list);
  // ---- relations.cpp
  void from(NodeId list);
  void relation(NodeId id);
  void relation_bare(NodeId id);
  void primary_relation(NodeId id);
  void join_step(NodeId id);
  void join_to(NodeId id);
  void table_ref(NodeId id);
  void alias(NodeId id);
  void temporal(NodeId id);
  void sample(NodeId id);
  void pivot(NodeId id);
  void lateral_view(NodeId id);
  // ---- statements.cpp
  void insert(NodeId id);
  void merge(NodeId id);
  void merge_clause(NodeId id);
  void assignments(NodeId list);
  void remove(NodeId id);
  void update(NodeId id);
  void create(NodeId id);
  void create_head(NodeId id, std::string_view what);
  void create_columns(NodeId list);
  void create_options(NodeId list);
  void table_column(NodeId id);
  void ddl(NodeId id);
  void dollar_body(NodeId id);

  const ast::Tree& tree() const { return *here_->tree; }
  const ast::Node& node(NodeId id) const { return (*here_->tree)[id]; }

  const SqlStyle& style_;
  const Dialect& dialect_;
  Layout layout_;
  PrintResult result_;
  Context* here_ = nullptr;
  std::deque<std::pair<const ast::Tree*, Comments>> comments_;
  bool own_lines_ = true;  // the clauses of the query at hand stand on lines of their own
  uint32_t depth_ = 0;
};

/// Goes over to another tree, and back at the end of a block.
class SqlWriter::Within {
 public:
  Within(SqlWriter& writer, Context& context) : writer_(writer), before_(std::exchange(writer.here_, &context)) {}
  ~Within() { writer_.here_ = before_; }
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;

 private:
  SqlWriter& writer_;
  Context* before_;
};

/// The comments before and after a node.
class SqlWriter::Commented {
 public:
  Commented(SqlWriter& writer, NodeId id) : writer_(writer), id_(writer.comments_here() ? id : NodeId{}) {
    if (id_) writer_.before(id_);
  }
  ~Commented() {
    if (id_) writer_.after(id_);
  }
  Commented(const Commented&) = delete;
  Commented& operator=(const Commented&) = delete;

 private:
  SqlWriter& writer_;
  NodeId id_;
};

template <typename Print>
void SqlWriter::parenthesised(Print&& print) {
  put("(");
  Layout::Group group(layout_);
  {
    Layout::Indent indent(layout_);
    layout_.open_softline();
    print();
  }
  layout_.softline();
  put(")");
}

template <typename T>
const T* SqlWriter::rewrite(Rewrites::ByNode<T> Rewrites::* table, NodeId id) const {
  if (here_->rewrites == nullptr) return nullptr;
  const Rewrites::ByNode<T>& map = here_->rewrites->*table;
  if (map.empty()) return nullptr;
  auto found = map.find(id);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace pipec::print
