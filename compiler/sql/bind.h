// The binder's own state. Its methods lie by construct in bind_*.cpp; compiler/sql/binder.h is what others call.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sql/binder.h"
#include "sql/coercion.h"
#include "sql/diagnostics.h"
#include "sql/scope.h"

namespace pipec::sql {

struct Level;

/// Where a subquery stands: the level around it, and the columns from there and further out that it reads.
struct Boundary {
  Level* outside = nullptr;
  std::vector<ExprId> captured;  // Column or OuterColumn at the level outside
};

/// An item of the select list, or a name for one.
struct Item {
  ExprId value;
  Symbol name;  // as it will be called; given or made
  ast::NodeId node;
  bool named = false;  // by AS
  bool from_star = false;
  bool lateral = false;    // reads an alias of another item
  bool generated = false;  // the only column of a generator with a name
};

/// When an item of the select list answers to a name: AfterColumns those named by AS, the others all.
enum class AliasRule : uint8_t { None, AfterColumns, AfterColumnsAll, BeforeColumns, GroupBy };

/// An item that makes rows. Its columns are seen by the other items, before it and behind it.
struct Generator {
  ast::NodeId node;  // the item
  ast::NodeId value;
  std::vector<Symbol> names;  // as written; may be empty
  ExprId call;
  std::vector<Relation::Column> columns;  // made before the Generate relation that will own them
  bool begun = false;
};

/// One SELECT (or other place with names of its own).
struct Level {
  Boundary* boundary = nullptr;
  Scope scope;
  const std::vector<Item>* aliases = nullptr;  // the items bound so far
  AliasRule alias_rule = AliasRule::None;
  std::vector<Generator> generators;
  bool star_broken = false;                             // `*` stood for columns that are not known
  std::vector<std::pair<Symbol, ast::NodeId>> windows;  // named ones: folded name, WindowSpec or Name
  size_t lambda_base = 0;                               // lambdas of enclosing queries are not seen
};

/// What EXCEPT leaves out of a star: a column, or a field below it.
struct StarCut {
  const ScopeColumn* column = nullptr;
  std::vector<Symbol> path;
};

/// What an expression may hold where it stands.
enum class Clause : uint8_t {
  Select,
  From,
  Where,
  JoinOn,
  GroupBy,
  Having,
  Qualify,
  OrderBy,
  Limit,
  Values,
  TableArgument,
  Window,
  Check,
  Pivot
};
std::string_view clause_name(Clause clause);
std::string_view set_op_words(ast::SetOpKind kind);
bool is_grouping(std::string_view function);  // grouping(), grouping_id()

/// A named query of WITH; `parent` leads to the ones before it and further out.
struct CteEntry {
  Symbol folded;
  Relation relation;
  RelId recursive;  // while its own step is bound: the SelfReference's columns are made from `relation`
  const CteEntry* parent = nullptr;
  bool in_anchor = false;  // of a recursive one: reading it now is an error
};

/// The clauses around a query's body.
struct Tail {
  ast::NodeId order, sort, cluster, distribute, windows, limit, offset;
  bool any() const { return order || sort || cluster || distribute || limit || offset; }
};

class Binder {
 public:
  Binder(const ast::Tree& tree, const BindContext& context, Ir& ir, SideTables& tables)
      : tree_(tree), context_(context), ir_(ir), tables_(tables), info_(1) {}

  // bind_query.cpp, bind_set_op.cpp, bind_values.cpp
  Relation bind_query(ast::NodeId query, Boundary* boundary);
  bool ok() const { return ok_; }
  std::vector<Span> take_output_spans() { return std::move(output_spans_); }

  // bind.cpp
  BoundExpression bind_alone(ast::NodeId expression, const TableInterface& columns);

  // bind_type.cpp
  Type bind_type(ast::NodeId node);

 private:
  friend class Grouping;

  struct Info {
    uint64_t hash = 0;
    bool aggregate = false;  // holds one that is not the call of a window
    bool window = false;
    bool generator = false;
    bool nondeterministic = false;
    bool grouping = false;  // grouping(), grouping_id()
    bool windowed = false;  // the call of a Window expression
    bool outer = false;     // reads a column of the enclosing query
    bool column = false;    // reads a column of this level
  };

  // ---- bind.cpp: building the IR
  Level new_level(Boundary* boundary) const;
  ExprId add(Expr expr, std::span<const ExprId> children = {});
  ExprId error(ast::NodeId node);
  ExprId column(ColumnId id, Symbol name, ast::NodeId node);
  ExprId cast_to(ExprId value, Type type);
  uint64_t syntax_hash(ast::NodeId root) const;
  ExprId replace_children(ExprId original, std::span<const ExprId> children);
  Type type(ExprId id) const { return ir_[id].type; }
  bool nullable(ExprId id) const { return ir_[id].nullable; }
  const Info& info(ExprId id) const { return info_[id.value]; }
  Operand operand(ExprId id) const;
  RelId add_rel(RelKind kind, std::vector<RelId> inputs, std::vector<ExprId> exprs, ast::NodeId node);
  ColumnId add_column(RelId relation, Symbol name, Type type, bool nullable);
  /// A relation whose outputs are those of its only input.
  RelId pass(RelKind kind, RelId input, std::vector<ExprId> exprs, ast::NodeId node);
  /// A Project of the columns, cast to the types where they differ; new columns.
  Relation project_cast(const Relation& input, std::span<const Type> types, ast::NodeId node);
  /// Rewrites bottom-up: `replace` gives what stands for an expression, or none to go on below it.
  template <typename Replace>
  ExprId rewrite(ExprId root, std::unordered_map<uint32_t, ExprId>& memo, Replace&& replace);

  // ---- bind.cpp: reporting
  Place place(Span span) const;
  Place place(ast::NodeId node) const { return place(tree_[node].span); }
  DiagnosticBuilder report(const DiagnosticKind& kind, ast::NodeId node, std::string message);
  ExprId fail(const DiagnosticKind& kind, ast::NodeId node, std::string message);
  void not_supported(ast::NodeId node, std::string_view what);
  void warn(const DiagnosticKind& kind, ast::NodeId node, std::string message, std::string help);
  std::string source_words(ast::NodeId node) const;

  // ---- bind_query.cpp
  Relation bind_body(ast::NodeId body, const Tail& tail, Boundary* boundary);
  Relation bind_tail(Relation relation, const Tail& tail, Boundary* boundary);
  RelId bind_limit(RelId input, const Tail& tail);
  void bind_with(ast::NodeId with, Boundary* boundary);
  Relation bind_cte(ast::NodeId cte, bool recursive, Boundary* boundary);
  Symbol given_table(ast::NodeId cte) const;
  void check_need(Relation& relation, ast::NodeId cte, ast::NodeId need);
  Relation bind_recursive_cte(ast::NodeId cte, Boundary* boundary);
  Relation bind_recursive_union(ast::NodeId cte, const ast::Query& query, Boundary* boundary);
  Relation reuse(const CteEntry& entry, ast::NodeId node);
  const CteEntry* find_cte(Symbol folded) const;
  void rename(Relation& relation, ast::NodeId names);
  // bind_set_op.cpp
  Relation bind_set_op(ast::NodeId node, Boundary* boundary);
  Relation combine(Relation left, Relation right, ast::NodeId node);
  /// Rows with a map or a variant cannot be told apart; `what` opens the sentence.
  bool can_be_told_apart(const Relation& relation, ast::NodeId node, std::string_view what);
  // bind_by_name.cpp
  bool align(Relation& left, Relation& right, ast::NodeId node);
  bool names_differ(const Relation& side, ast::NodeId node, std::string_view which);
  Relation read_as(const Relation& side, const std::vector<SideTables::Aligned::Column>& columns, ast::NodeId node);
  // bind_values.cpp
  ExprId bind_cell(ast::NodeId cell);
  Relation bind_values(ast::NodeId rows, ast::NodeId node, Boundary* boundary);

  // ---- bind_from.cpp, bind_join.cpp
  RelId bind_from(ast::NodeId list, ast::NodeId select, Scope& scope);
  RelId bind_relation(ast::NodeId node, Scope& scope, Scope* left);
  RelId bind_primary(ast::NodeId node, Scope& scope, Scope* left);
  RelId bind_table(ast::NodeId node, Scope& scope);
  Relation scan(Symbol folded, const TableInterface& table, ast::NodeId node);
  Relation unknown_table(ast::NodeId name, Symbol folded);
  Relation resolve_table(ast::NodeId qname, ast::NodeId node, ScopeRelation& named);
  void apply_alias(Relation& relation, ScopeRelation& named, ast::NodeId alias);
  Relation bind_pivot(ast::NodeId node, Scope* left);
  Relation bind_unpivot(ast::NodeId node, Scope* left);
  RelId bind_pivot_input(ast::NodeId input, Scope& scope, Scope* left);
  ExprId bind_pivot_column(ast::NodeId name);
  void check_pivot_aggregate(Item& item, std::vector<bool>& used);
  void check_pivot_value(ExprId value, const std::vector<ExprId>& pivots, ast::NodeId node);
  RelId bind_sample(RelId input, ast::NodeId sample);
  RelId bind_table_function(ast::NodeId node, Scope& scope, Scope* left);
  RelId join(RelId left, Scope& left_scope, RelId right, Scope right_scope, ast::JoinKind kind, ast::NodeId node,
             ast::NodeId condition, bool natural, bool lateral);
  void make_nullable(RelId join, size_t first, size_t count, Scope& scope);
  ExprId using_condition(Scope& left, Scope& right, std::vector<std::pair<Symbol, ast::NodeId>> names,
                         std::vector<std::pair<uint32_t, uint32_t>>& pairs, ast::NodeId node);
  RelId merge_using(RelId joined, Scope& left, Scope right, ast::JoinKind kind,
                    const std::vector<std::pair<uint32_t, uint32_t>>& pairs, ast::NodeId node);
  // bind_generate.cpp
  RelId bind_lateral_view(ast::NodeId view, RelId input, Scope& scope);
  RelId generate(RelId input, ExprId call, bool outer, std::span<const Symbol> names, ast::NodeId node,
                 std::vector<Relation::Column>& generated);
  std::vector<Relation::Column> generated_shape(ExprId call, std::span<const Symbol> names, bool outer,
                                                ast::NodeId node);
  RelId place_generate(RelId input, ExprId call, bool outer, ast::NodeId node,
                       std::span<const Relation::Column> generated);
  bool is_outer_generator(ExprId call) const;

  // ---- bind_select.cpp, bind_items.cpp, bind_group.cpp, bind_order.cpp
  struct SelectState;
  Relation bind_select(ast::NodeId node, const Tail& tail, Boundary* boundary);
  void bind_items(ast::NodeId list, std::vector<Item>& items);
  void bind_item(ast::NodeId node, std::vector<Item>& items);
  void expand_star(ast::NodeId star, std::vector<Item>& items);
  std::vector<StarCut> star_cuts(ast::NodeId names, std::span<const ScopeColumn* const> chosen, const Scope& scope);
  ExprId without_fields(ExprId value, const std::vector<std::vector<Symbol>>& paths, ast::NodeId node);
  void expand_struct(ExprId base, ast::NodeId star, std::vector<Item>& items);
  void find_generators(ast::NodeId list);
  void begin_generator(Generator& generator);
  void bind_generator(Generator& generator, std::vector<Item>& items);
  ExprId generated_column(Symbol folded, ast::NodeId node);
  const Generator* generator_of(ExprId value) const;
  void bind_group(ast::NodeId group, SelectState& state);
  uint32_t group_key(ast::NodeId node, SelectState& state);
  uint32_t key_number(ExprId key, SelectState& state);
  bool bind_grouping_sets(ast::NodeId node, SelectState& state, std::vector<std::vector<uint32_t>>& sets);
  std::vector<std::vector<uint32_t>> expand_sets(std::vector<std::vector<uint32_t>> units, bool all_subsets,
                                                 ast::NodeId node);
  std::vector<uint32_t> key_list(ast::NodeId node, SelectState& state);
  void bind_group_all(SelectState& state);
  bool all_is_a_name() const;
  ExprId grouped_by_lateral(ast::NodeId node);
  void check_grouping(ExprId id, SelectState& state);
  void check_order_above_groups(SelectState& state);
  void aggregate(SelectState& state);
  void extract_windows(SelectState& state);
  void place_generators(SelectState& state);
  Relation finish_select(SelectState& state, const Tail& tail, bool distinct);
  void bind_order_keys(SelectState& state, const Tail& tail);
  bool check_sort_key(ExprId key, ast::NodeId node);
  Relation sort_relation(Relation relation, const Tail& tail, Boundary* boundary);

  void define_windows(ast::NodeId list);
  Relation finish_items(SelectState& state, const ast::Select& parts, const Tail& tail, bool distinct);
  RelId sort_scope(RelId rel, const Scope& scope, const Tail& tail, Boundary* boundary);

  // ---- bind_pipe.cpp, bind_pipe_items.cpp
  struct Piped;
  Relation bind_pipe(ast::NodeId body, const Tail& tail, Boundary* boundary);
  Piped open_pipe(ast::NodeId body, Boundary* boundary);
  void bind_pipe_step(ast::NodeId step, Piped& pipe, Boundary* boundary);
  void pipe_relation(ast::NodeId step, Piped& pipe);
  void pipe_set_operation(ast::NodeId step, Piped& pipe, Boundary* boundary);
  void pipe_select(ast::NodeId step, Piped& pipe, Level& level);
  void pipe_extend(ast::NodeId step, Piped& pipe, Level& level);
  void pipe_set(ast::NodeId step, Piped& pipe, Level& level);
  void pipe_drop(ast::NodeId step, Piped& pipe, Level& level);
  void pipe_aggregate(ast::NodeId step, Piped& pipe, Level& level);
  ExprId pipe_key(ast::NodeId node, Symbol& name);
  void pipe_items(SelectState& state, const ast::Select& parts, const Tail& tail, bool distinct, Piped& pipe);
  void scope_items(ast::NodeId step, std::vector<Item>& items);
  void no_aggregates(std::vector<Item>& items, std::string_view words);
  Relation close_pipe(const Piped& pipe, ast::NodeId node);
  void note_relations(SelectState& state);
  void keep_scope(const SelectState& state, const Relation& result);

  // ---- bind_expr.cpp
  ExprId bind_expr(ast::NodeId node);
  ExprId bind_param(ast::NodeId node);
  ExprId bind_leaf(ast::NodeId node);
  ExprId finish(ast::NodeId node, ExprId operand);
  ExprId bind_condition(ast::NodeId node, Clause clause);
  ExprId check_boolean(ExprId value, ast::NodeId node, std::string_view where);
  /// bind_expr in a clause that takes no aggregates, windows or generators (unless it says so).
  ExprId bind_in(ast::NodeId node, Clause clause);
  bool allowed(ExprId value, Clause clause, ast::NodeId node);
  // bind_name.cpp
  ExprId bind_column_ref(ast::NodeId node);
  ExprId bind_window_bound(ast::NodeId node, std::span<const Symbol> folded);
  ExprId bind_alias(std::span<const Symbol> folded, size_t& used, bool& ambiguous);
  ExprId unknown_column(ast::NodeId node, const Scope::Lookup& lookup, const Scope& scope);
  ExprId bind_field(ExprId operand, Symbol name, ast::NodeId node, ast::NodeId name_node);
  ExprId capture(const ScopeColumn& column, size_t depth, Symbol name, ast::NodeId node);
  // bind_literal.cpp
  ExprId bind_literal(ast::NodeId node, bool negative);
  ExprId bind_typed_literal(ast::NodeId node);
  ExprId bind_interval(ast::NodeId node);
  // bind_operator.cpp
  ExprId finish_binary(ast::NodeId node, ExprId left);
  ExprId binary(ast::NodeId node, ast::BinaryOp op, ExprId left, ExprId right);
  ExprId finish_unary(ast::NodeId node, ExprId operand);
  ExprId finish_between(ast::NodeId node, ExprId operand);
  ExprId finish_in_list(ast::NodeId node, ExprId operand);
  ExprId finish_like(ast::NodeId node, ExprId operand);
  ExprId finish_like_quantified(ast::NodeId node, ExprId operand);
  ExprId finish_is(ast::NodeId node, ExprId operand);
  ExprId finish_is_distinct(ast::NodeId node, ExprId left);
  ExprId finish_cast(ast::NodeId node, ExprId operand);
  ExprId finish_subscript(ast::NodeId node, ExprId operand);
  bool element_nullable(ExprId array, ExprId index, int64_t first) const;
  ExprId finish_path(ast::NodeId node, ExprId operand);
  ExprId bind_case(ast::NodeId node);
  ExprId bind_row(ast::NodeId node);
  /// Of types that have no common one: the first that does not meet those before it.
  static size_t misfit(std::span<const Type> types, std::optional<Type> (*common)(std::span<const Type>) = common_type);
  void warn_coercion(const BinaryResult& result, ExprId left, ExprId right, ast::NodeId node);
  // bind_call.cpp, bind_user_call.cpp, bind_window.cpp, bind_higher_order.cpp
  struct CallParts;
  ExprId bind_call(ast::NodeId node);
  bool bind_arguments(ast::NodeId list, CallParts& parts);
  bool check_within_group(const CallParts& parts, const FunctionInfo& function);
  ExprId finish_call(CallParts& parts);
  bool is_unit(std::string_view function, ast::NodeId argument) const;
  ExprId poisoned_call(const CallParts& parts, const FunctionInfo* function, std::span<const ExprId> extra);
  ExprId bind_bare_function(ast::NodeId node, Symbol folded);
  ExprId call_error(const CallResult& result, const CallParts& parts);
  ExprId bind_struct(CallParts& parts);
  ExprId bind_special(CallParts& parts);
  ExprId bind_user_call(CallParts& parts, const FunctionInterface& function);
  ExprId bind_higher_order(CallParts& parts);
  ExprId bind_window(ExprId call, ast::NodeId spec, ast::NodeId node);
  ast::NodeId named_window(ast::NodeId name);
  void bind_frame(ast::NodeId frame, std::span<const ExprId> order, const FunctionInfo* function);
  // bind_subquery.cpp
  ExprId bind_exists(ast::NodeId node);
  ExprId bind_scalar_query(ast::NodeId node);
  ExprId finish_in_query(ast::NodeId node, ExprId operand);
  // correlation.cpp
  void check_correlation(const Relation& relation, const Boundary& boundary, bool scalar, ast::NodeId node);
  bool at_most_one_row(RelId id) const;
  void check_lateral(RelId left, RelId right, ExprId condition, ast::NodeId node);
  void check_recursion(RelId step, RelId anchor);
  ExprId subquery(Expr expr, std::span<const ExprId> operands, Boundary& boundary);

  // ---- names.cpp: what Spark calls an item without an alias
  Symbol item_name(ast::NodeId node, ExprId value);

  const ast::Tree& tree_;
  const BindContext& context_;
  Ir& ir_;
  SideTables& tables_;
  std::vector<Info> info_;  // beside ir_.exprs
  Level* level_ = nullptr;
  const CteEntry* ctes_ = nullptr;
  std::vector<std::unique_ptr<CteEntry>> cte_store_;
  struct LambdaName {
    Symbol folded;
    Symbol name;
    Operand operand;
  };
  std::vector<LambdaName> lambdas_;
  std::vector<Span> output_spans_;
  bool scope_wanted_ = false;  // a pipe begins with the SELECT to come,
  Scope output_scope_;         // which leaves here what its outputs are called
  Piped* piped_ = nullptr;     // what a PIVOT without input reads
  size_t recursive_reads_ = 0;
  bool lateral_alias_used_ = false;
  ast::NodeId generator_;    // the call that may make rows where it stands
  bool part_taken_ = false;  // the name being bound is read by [...]
  bool ok_ = true;
  size_t type_errors_ = 0;
};

/// Puts a value back at the end of a block.
template <typename T>
class Restore {
 public:
  Restore(T& place, T value) : place_(place), old_(std::exchange(place, std::move(value))) {}
  ~Restore() { place_ = std::move(old_); }
  Restore(const Restore&) = delete;
  Restore& operator=(const Restore&) = delete;

 private:
  T& place_;
  T old_;
};

template <typename Replace>
ExprId Binder::rewrite(ExprId root, std::unordered_map<uint32_t, ExprId>& memo, Replace&& replace) {
  std::vector<std::pair<ExprId, bool>> stack{{root, false}};
  std::vector<ExprId> children;
  while (!stack.empty()) {
    auto [id, below_done] = stack.back();
    if (!below_done) {
      if (memo.contains(id.value)) {
        stack.pop_back();
        continue;
      }
      if (ExprId instead = replace(id)) {
        memo[id.value] = instead;
        stack.pop_back();
        continue;
      }
      stack.back().second = true;
      for (ExprId child : ir_.children(id)) stack.push_back({child, false});
      continue;
    }
    stack.pop_back();
    children.clear();
    bool changed = false;
    for (ExprId child : ir_.children(id)) {
      ExprId now = memo[child.value];
      changed = changed || now != child;
      children.push_back(now);
    }
    memo[id.value] = changed ? replace_children(id, children) : id;
  }
  return memo[root.value];
}

}  // namespace pipec::sql
