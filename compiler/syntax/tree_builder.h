// Events and tokens of a successful run into a syntax tree: a recursive walk in the shape of the grammar.
// What the grammar leaves open is decided here: precedence, what a parenthesis holds, which operand a tail
// belongs to.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ast/tree.h"
#include "syntax/antlr_driver.h"
#include "syntax/event.h"
#include "syntax/lexer.h"
#include "syntax/parse.h"
#include "syntax/rules.h"

namespace pipec::syntax {

class TreeBuilder {
 public:
  using NodeId = ast::NodeId;
  using NodeKind = ast::NodeKind;
  using Ids = std::vector<NodeId>;

  TreeBuilder(std::string_view text, std::span<const Token> tokens, ast::Tree& tree, std::vector<SyntaxError>& errors)
      : text_(text), tokens_(tokens), tree_(tree), errors_(errors) {}

  void set_tokens(std::span<const Token> tokens) { tokens_ = tokens; }
  /// Sets what is read next: the events of one run.
  void begin(std::span<const Event> events);

  NodeId query_unit();
  NodeId expression_unit();

 protected:
  // ---- reading. A Rule opens the next event, bounds what can be read, and leaves past its end.
  class Rule {
   public:
    Rule(TreeBuilder& builder, GrammarRule rule);
    ~Rule();
    Rule(const Rule&) = delete;
    uint32_t first() const { return first_; }

   private:
    TreeBuilder& builder_;
    uint32_t first_;
    uint32_t end_;
    uint32_t next_event_;
    uint32_t outer_limit_;
  };
  bool at(GrammarRule rule) const;
  bool at_empty(GrammarRule rule) const;
  uint16_t type(uint32_t ahead = 0) const { return at_ + ahead < limit_ ? tokens_[at_ + ahead].type : uint16_t{END}; }
  bool is_pipe_ahead() const { return is(PIPE_OP); }
  bool is(uint16_t wanted) const { return type() == wanted; }
  bool accept(uint16_t wanted) { return is(wanted) ? (++at_, true) : false; }
  void skip() { ++at_; }
  bool more() const { return at_ < limit_; }
  std::string_view token_text(uint32_t token) const {
    return text_.substr(tokens_[token].begin, tokens_[token].end - tokens_[token].begin);
  }
  bool glued(uint32_t token) const { return tokens_[token].end == tokens_[token + 1].begin; }

  // ---- writing
  Span since(uint32_t first) const;
  Span token_span(uint32_t token) const { return {tokens_[token].begin, tokens_[token].end}; }
  NodeId add(NodeKind kind, std::span<const NodeId> children, Span span, Symbol name = {}, uint8_t op = 0,
             uint16_t flags = 0);
  NodeId add(NodeKind kind, std::initializer_list<NodeId> children, Span span, Symbol name = {}, uint8_t op = 0,
             uint16_t flags = 0) {
    return add(kind, std::span<const NodeId>(children.begin(), children.size()), span, name, op, flags);
  }
  NodeId list(const Ids& children, uint32_t first) { return add(NodeKind::List, children, since(first)); }
  SyntaxError& error(const DiagnosticKind& kind, Span span, std::string message);
  Span span_of(NodeId id) const { return tree_[id].span; }

  // ---- names and literals (build_names.cpp)
  Symbol identifier_text(uint32_t token) const;
  NodeId name_token();             // the next token
  NodeId ident(GrammarRule rule);  // a rule that is one word
  NodeId ident() { return ident(GrammarRule::Ident); }
  NodeId qname();
  NodeId identifiers();  // "(a, b)" -> List of Name
  NodeId number();
  NodeId string_literal();
  NodeId hex_literal();
  NodeId word_literal(uint16_t word);
  Symbol string_value();  // of one string token
  NodeId interval();
  NodeId data_type(GrammarRule which = GrammarRule::DataType);
  NodeId struct_field();
  NodeId collated_type();
  NodeId type_argument();

  // ---- expressions (build_expression.cpp)
  struct ParenBody {
    NodeId query;  // when it is one
    Ids items;
  };
  NodeId expression();
  NodeId predicated();
  NodeId predicate_tail(NodeId operand, uint32_t first);
  NodeId arith();
  NodeId operand();
  NodeId postfix(NodeId value, Ids& names, uint32_t first);
  NodeId primary(Ids& names);
  NodeId word_form(uint32_t first);
  NodeId case_expression();
  ParenBody paren_body();
  NodeId call_tail(NodeId function, uint32_t first);
  NodeId arguments(uint16_t& flags);
  NodeId argument(uint16_t& flags);
  NodeId arrow_argument(NodeId left, uint32_t first);
  NodeId plain_call(uint32_t first, std::string_view function, ast::CallSyntax syntax, const Ids& arguments);
  NodeId expression_list();
  NodeId star();
  NodeId star_except();
  NodeId paren_item();
  NodeId window_spec();
  NodeId over_clause();
  NodeId frame();
  NodeId frame_bound();
  NodeId query_of_parens(NodeId value);  // the query that a bare parenthesis holds, or none
  void no_stray_star(NodeId allowed);
  void no_stray_nulls();

  // ---- queries (build_query.cpp)
  NodeId query();
  NodeId query0();
  NodeId query_no_values();
  NodeId query_term();
  /// The clauses at the end of a query.
  struct QueryTail {
    ast::Query clauses{};
    uint16_t flags = 0;
    bool sorts() const { return clauses.order || clauses.sort || clauses.cluster || clauses.distribute; }
    bool limits() const { return clauses.limit || clauses.offset || flags != 0; }
    bool any() const { return sorts() || limits() || clauses.windows; }
  };
  NodeId select_core();
  NodeId from_term();
  ast::Select select_head(uint16_t& flags);
  void select_clauses(ast::Select& parts);
  NodeId select_node(const ast::Select& parts, ast::SelectForm form, uint16_t flags, uint32_t first);
  NodeId select_items();
  NodeId lateral_views();
  NodeId select_item();
  NodeId hints();
  NodeId with_clause();
  NodeId group_by();
  NodeId grouping_sets();
  NodeId order_list();
  NodeId values_term();
  Ids values_rows();
  NodeId finish_query(NodeId with, NodeId body, uint32_t first);  // set operations and the tail that follow
  NodeId set_operations(NodeId body);
  ast::SetOpKind set_operator(uint16_t& flags);
  NodeId query_node(NodeId with, NodeId body, const QueryTail& tail, Span span);
  void order_tail(QueryTail& tail, QueryTail* rest);
  NodeId window_clause();

  // ---- pipes (build_pipe.cpp)
  NodeId pipe(NodeId body, QueryTail& tail);
  NodeId pipe_operator();
  NodeId pipe_set_op();
  NodeId pipe_tail(QueryTail& rest, uint32_t first);
  NodeId pipe_step(ast::PipeOp op, NodeId operand, NodeId more, uint32_t first);
  NodeId pipe_set();
  NodeId pipe_drop();
  NodeId pipe_aggregate(uint32_t first);
  NodeId pipe_group();
  NodeId pipe_windows(NodeId step, QueryTail& tail);

  // ---- relations (build_relation.cpp)
  NodeId from_clause();
  NodeId relation(GrammarRule rule, GrammarRule primary_rule);
  NodeId relation_extensions(NodeId left, uint32_t first);
  NodeId relation_primary(GrammarRule rule);
  NodeId paren_relation(uint32_t first);
  NodeId join(NodeId left, uint32_t first);
  NodeId maybe_lateral(GrammarRule primary_rule);
  NodeId table_alias();
  NodeId sample();
  NodeId temporal();
  NodeId pivot(NodeId input, uint32_t first);
  NodeId unpivot(NodeId input, uint32_t first);
  NodeId aliased();
  Ids aliased_list();
  NodeId name_list();
  NodeId lateral_view();

  std::string_view text_;
  std::span<const Token> tokens_;
  ast::Tree& tree_;
  std::vector<SyntaxError>& errors_;
  std::span<const Event> events_;
  uint32_t event_ = 0;
  uint32_t at_ = 0;     // next token
  uint32_t limit_ = 0;  // end of the innermost open rule

 private:
  std::vector<uint16_t> depths_;  // by node
  bool too_deep_ = false;
  NodeId stray_star_;
  NodeId nulls_operand_;    // an argument that IGNORE NULLS follows: the call takes it
  uint32_t nulls_end_ = 0;  // the token after NULLS
  uint16_t nulls_flag_ = 0;
};

}  // namespace pipec::syntax
