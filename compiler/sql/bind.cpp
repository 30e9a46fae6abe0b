// Entry points, the building of the IR, and reporting.
#include "sql/bind.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "sql/type_sources.h"

namespace pipec::sql {

std::string_view clause_name(Clause clause) {
  switch (clause) {
    case Clause::Select:
      return "the select list";
    case Clause::From:
      return "FROM";
    case Clause::Where:
      return "WHERE";
    case Clause::JoinOn:
      return "a join condition";
    case Clause::GroupBy:
      return "GROUP BY";
    case Clause::Having:
      return "HAVING";
    case Clause::Qualify:
      return "QUALIFY";
    case Clause::OrderBy:
      return "ORDER BY";
    case Clause::Limit:
      return "LIMIT";
    case Clause::Values:
      return "VALUES";
    case Clause::TableArgument:
      return "the argument of a table function";
    case Clause::Window:
      return "a window specification";
    case Clause::Check:
      return "a condition on a row";
    case Clause::Pivot:
      return "PIVOT";
  }
  return "";
}

bool is_grouping(std::string_view function) {
  return function == "grouping" || function == "grouping_id";
}

// ---- building the IR

namespace {

uint64_t mix(uint64_t seed, uint64_t value) {
  seed ^= value + 0x9e3779b97f4a7c15ull + (seed << 6) + (seed >> 2);
  seed *= 0xff51afd7ed558ccdull;
  return seed ^ (seed >> 32);
}

bool commutes(ast::BinaryOp op) {
  using enum ast::BinaryOp;
  return op == Add || op == Multiply || op == And || op == Or || op == Eq || op == NullSafeEq || op == BitAnd ||
         op == BitOr || op == BitXor;
}

bool is_call_of(const Expr& expr, FunctionKind kind) {
  return expr.kind == ExprKind::Call && expr.function && expr.function->kind == kind;
}

}  // namespace

ExprId Binder::add(Expr expr, std::span<const ExprId> children) {
  ExprId id{static_cast<uint32_t>(ir_.exprs.size())};
  expr.first_child = static_cast<uint32_t>(ir_.child_pool.size());
  expr.child_count = static_cast<uint32_t>(children.size());
  ir_.child_pool.insert(ir_.child_pool.end(), children.begin(), children.end());

  Info info;
  uint64_t hash =
      mix(static_cast<uint64_t>(expr.kind), expr.op | expr.negated << 8 | expr.distinct << 9 | expr.has_filter << 10 |
                                                uint64_t{expr.partition_count} << 16);
  hash = mix(hash, std::bit_cast<uint32_t>(expr.type));
  bool by_column = expr.column && expr.kind != ExprKind::ScalarQuery;
  hash = mix(hash, by_column ? expr.column.value : expr.name.folded().value);
  if (expr.kind == ExprKind::Literal) hash = mix(hash, expr.name.value);
  hash = mix(hash, reinterpret_cast<uintptr_t>(expr.function));
  if (expr.query) hash = mix(hash, syntax_hash(expr.node));
  // a + b and b + a are one grouping key.
  bool swapped = expr.kind == ExprKind::Binary && children.size() == 2 &&
                 commutes(static_cast<ast::BinaryOp>(expr.op)) &&
                 info_[children[0].value].hash > info_[children[1].value].hash;
  if (swapped) hash = mix(mix(hash, info_[children[1].value].hash), info_[children[0].value].hash);
  for (ExprId child : children) {
    const Info& below = info_[child.value];
    if (!swapped) hash = mix(hash, below.hash);
    info.aggregate |= below.aggregate;
    info.window |= below.window;
    info.generator |= below.generator;
    info.nondeterministic |= below.nondeterministic;
    info.column |= below.column;
    info.grouping |= below.grouping;
    info.outer |= below.outer;
  }
  info.hash = hash;
  info.aggregate |= is_call_of(expr, FunctionKind::Aggregate);
  info.generator |= is_call_of(expr, FunctionKind::Generator);
  info.grouping |= expr.kind == ExprKind::Call && expr.function && is_grouping(expr.function->name);
  info.window |= expr.kind == ExprKind::Window;
  info.outer |= expr.kind == ExprKind::OuterColumn;
  info.column |= expr.kind == ExprKind::Column;
  info.nondeterministic |= expr.function && expr.function->determinism == Determinism::Nondeterministic;
  if (expr.kind == ExprKind::Window && !children.empty()) {
    // The call itself is the window's; what its arguments hold counts.
    info.aggregate = false;
    bool is_call = true;
    for (ExprId child : children) {
      if (!is_call) info.aggregate |= info_[child.value].aggregate;
      is_call = false;
    }
    for (ExprId argument : ir_.children(children[0])) info.aggregate |= info_[argument.value].aggregate;
    info_[children[0].value].windowed = true;
  }
  ir_.exprs.push_back(expr);
  info_.push_back(info);
  return id;
}

/// Two subqueries that are written alike and read the same outer columns are the same.
uint64_t Binder::syntax_hash(ast::NodeId root) const {
  uint64_t hash = 0;
  std::vector<ast::NodeId> stack{root};
  while (!stack.empty()) {
    ast::NodeId id = stack.back();
    stack.pop_back();
    const ast::Node& node = tree_[id];
    hash = mix(hash, static_cast<uint64_t>(node.kind) | uint64_t{node.op} << 8 | uint64_t{node.flags} << 16 |
                         uint64_t{node.child_count} << 32);
    bool exact = node.kind == ast::NodeKind::Literal;
    hash = mix(hash, exact ? node.name.value : node.name.folded().value);
    std::span<const ast::NodeId> children = tree_.children(id);
    stack.insert(stack.end(), children.rbegin(), children.rend());
  }
  return hash;
}

Level Binder::new_level(Boundary* boundary) const {
  Level level;
  level.boundary = boundary;
  level.lambda_base = lambdas_.size();
  return level;
}

ExprId Binder::error(ast::NodeId node) {
  Expr expr;
  expr.kind = ExprKind::Error;
  expr.node = node;
  return add(expr);
}

ExprId Binder::column(ColumnId id, Symbol name, ast::NodeId node) {
  Expr expr;
  expr.kind = ExprKind::Column;
  expr.column = id;
  expr.name = name;
  expr.type = ir_[id].type;
  expr.nullable = ir_[id].nullable;
  expr.node = node;
  return add(expr);
}

ExprId Binder::cast_to(ExprId value, Type to) {
  Type from = type(value);
  if (from == to || from.is_error() || to.is_error()) return value;
  Expr expr;
  expr.kind = ExprKind::Cast;
  expr.implicit = true;
  expr.type = to;
  expr.nullable = cast_nullable(from, to, nullable(value), false);
  expr.foldable = ir_[value].foldable;
  expr.node = ir_[value].node;
  return add(expr, {&value, 1});
}

ExprId Binder::replace_children(ExprId original, std::span<const ExprId> children) {
  Expr copy = ir_[original];
  bool windowed = info(original).windowed;
  ExprId fresh = add(copy, children);
  info_[fresh.value].windowed = windowed;
  return fresh;
}

Operand Binder::operand(ExprId id) const {
  const Expr& expr = ir_[id];
  Operand result;
  result.type = expr.type;
  result.nullable = expr.nullable;
  result.foldable = expr.foldable;
  if (expr.kind == ExprKind::Literal && expr.type.is_integral()) {
    std::string_view text = expr.name.text();
    int64_t value = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure == std::errc() && end == text.data() + text.size()) result.integer = value;
  }
  return result;
}

RelId Binder::add_rel(RelKind kind, std::vector<RelId> inputs, std::vector<ExprId> exprs, ast::NodeId node) {
  RelId id{static_cast<uint32_t>(ir_.rels.size())};
  Rel& rel = ir_.rels.emplace_back();
  rel.kind = kind;
  rel.inputs = std::move(inputs);
  rel.exprs = std::move(exprs);
  rel.node = node;
  return id;
}

ColumnId Binder::add_column(RelId relation, Symbol name, Type type, bool nullable) {
  ColumnId id{static_cast<uint32_t>(ir_.columns.size())};
  std::vector<ColumnId>& outputs = ir_[relation].outputs;
  ir_.columns.push_back({name, type, nullable, relation, static_cast<uint32_t>(outputs.size())});
  outputs.push_back(id);
  return id;
}

RelId Binder::pass(RelKind kind, RelId input, std::vector<ExprId> exprs, ast::NodeId node) {
  RelId id = add_rel(kind, {input}, std::move(exprs), node);
  ir_[id].outputs = ir_[input].outputs;
  return id;
}

Relation Binder::project_cast(const Relation& input, std::span<const Type> types, ast::NodeId node) {
  std::vector<ExprId> exprs;
  exprs.reserve(input.columns.size());
  for (size_t i = 0; i < input.columns.size(); ++i) {
    ExprId value = column(input.columns[i].id, input.columns[i].name, node);
    exprs.push_back(i < types.size() ? cast_to(value, types[i]) : value);
  }
  Relation result;
  result.broken = input.broken;
  result.rel = add_rel(RelKind::Project, {input.rel}, exprs, node);
  std::unordered_map<uint32_t, ColumnId> made;  // a column that comes twice stays one
  for (size_t i = 0; i < exprs.size(); ++i) {
    Symbol name = input.columns[i].name;
    auto [at, fresh] = made.emplace(input.columns[i].id.value, ColumnId{});
    if (fresh || ir_[exprs[i]].kind != ExprKind::Column) {
      at->second = add_column(result.rel, name, type(exprs[i]), nullable(exprs[i]));
    } else {
      ir_[result.rel].outputs.push_back(at->second);
    }
    result.columns.push_back({name, at->second});
  }
  return result;
}

// ---- reporting

Place Binder::place(Span span) const {
  return context_.declaration.empty() ? Place::in_file({}, span) : Place::in(context_.declaration, span);
}

static constexpr size_t kTracedTypeErrors = 32;

static bool is_about_types(const DiagnosticKind& kind) {
  static constexpr const DiagnosticKind* kKinds[] = {&diag::OperandType, &diag::OperandsDiffer, &diag::ArgumentType,
                                                     &diag::NotBoolean,  &diag::SetColumnType,  &diag::NoCommonType};
  return std::find(std::begin(kKinds), std::end(kKinds), &kind) != std::end(kKinds);
}

DiagnosticBuilder Binder::report(const DiagnosticKind& kind, ast::NodeId node, std::string message) {
  if (kind.severity == Severity::Error) ok_ = false;
  DiagnosticBuilder builder = context_.sink.report(kind, place(node), std::move(message));
  // Each looks through the whole IR: a query with more errors than this has other worries.
  if (node && is_about_types(kind) && ++type_errors_ <= kTracedTypeErrors)
    builder.typed_by(columns_within(ir_, tree_, tree_[node].span));
  return builder;
}

ExprId Binder::fail(const DiagnosticKind& kind, ast::NodeId node, std::string message) {
  report(kind, node, std::move(message));
  return error(node);
}

void Binder::not_supported(ast::NodeId node, std::string_view what) {
  report(diag::NotSupported, node, fmt::format("{} is not supported yet", what));
}

void Binder::warn(const DiagnosticKind& kind, ast::NodeId node, std::string message, std::string help) {
  report(kind, node, std::move(message)).help(std::move(help));
}

// ---- entry points

BoundExpression Binder::bind_alone(ast::NodeId expression, const TableInterface& table) {
  BoundExpression result;
  Level level;
  ScopeRelation named;
  named.alias = table.name.folded();
  if (size_t dot = named.alias.text().rfind('.'); dot != std::string_view::npos) {
    named.schema = named.alias;
    named.alias = Symbol::of(named.alias.text().substr(dot + 1));
  }
  named.shown = table.name;
  named.declaration = table.declaration;
  Relation relation = scan(table.name.folded(), table, expression);
  result.input = relation.rel;
  level.scope.add(std::move(relation), named);
  Restore restore(level_, &level);
  result.value = bind_in(expression, Clause::Check);
  result.type = type(result.value);
  result.nullable = nullable(result.value);
  return result;
}

namespace {

void prepare(SideTables& tables, const ast::Tree& tree) {
  tables.expressions.resize(tree.size());
}

}  // namespace

BoundQuery bind_query(const ast::Tree& tree, ast::NodeId query, const BindContext& context) {
  BoundQuery result;
  prepare(result.tables, tree);
  Binder binder(tree, context, result.ir, result.tables);
  Relation relation = binder.bind_query(query, nullptr);
  result.root = relation.rel;
  std::vector<Span> spans = binder.take_output_spans();
  for (size_t i = 0; i < relation.columns.size(); ++i) {
    const Column& column = result.ir[relation.columns[i].id];
    result.outputs.push_back({relation.columns[i].name, column.type, column.nullable, relation.columns[i].id,
                              i < spans.size() ? spans[i] : tree[query].span});
  }
  result.ok = binder.ok();
  return result;
}

BoundExpression bind_expression(const ast::Tree& tree, ast::NodeId expression, const TableInterface& columns,
                                const BindContext& context) {
  Ir ir;
  SideTables tables;
  prepare(tables, tree);
  Binder binder(tree, context, ir, tables);
  BoundExpression result = binder.bind_alone(expression, columns);
  result.ir = std::move(ir);
  result.tables = std::move(tables);
  result.ok = binder.ok();
  return result;
}

Type type_of_node(const ast::Tree& tree, ast::NodeId node, const BindContext& context) {
  Ir ir;
  SideTables tables;
  return Binder(tree, context, ir, tables).bind_type(node);
}

}  // namespace pipec::sql
