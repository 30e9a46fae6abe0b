// Walks the relations in order: each new column's sources follow from those of the columns below it.
#include "lineage/lineage.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_set>

namespace pipec::lineage {

using namespace sql;

namespace {

/// A source with how it arrives; `way` is a Direct, or kConditional plus an Indirect.
struct Edge {
  Source source;
  uint8_t way = 0;
  uint64_t cleared = 0;  // bits of Walk::classes: what functions take away of @pii
  friend bool operator==(const Edge&, const Edge&) = default;
};
constexpr uint8_t kConditional = 8;

uint8_t conditional(Indirect kind) {
  return kConditional + static_cast<uint8_t>(kind);
}

/// What is seen through an expression that stands in a context: the stronger of the two.
uint8_t seen_through(uint8_t context, uint8_t inner) {
  if (inner >= kConditional) return inner;
  return context >= kConditional ? context : std::max(context, inner);
}

/// Each way of a source once; of the direct ways the strongest.
void tidy(std::vector<Edge>& edges) {
  auto key = [](const Edge& e) {
    bool indirect = e.way >= kConditional;
    return std::tuple(e.source.table.value, e.source.column.value, indirect, indirect ? e.way : 255 - e.way);
  };
  std::sort(edges.begin(), edges.end(), [&](const Edge& a, const Edge& b) { return key(a) < key(b); });
  auto same = [](const Edge& a, const Edge& b) {
    if (!(a.source == b.source)) return false;
    return (a.way < kConditional && b.way < kConditional) || a.way == b.way;
  };
  size_t kept = 0;
  for (size_t i = 0; i < edges.size(); ++i) {
    if (kept > 0 && same(edges[kept - 1], edges[i])) {
      edges[kept - 1].cleared &= edges[i].cleared;  // one open way is enough
    } else {
      edges[kept++] = edges[i];
    }
  }
  edges.resize(kept);
}

class Walk {
 public:
  explicit Walk(const Ir& ir) : ir_(ir), of_column_(ir.columns.size()) {
    for (const auto& [call, names] : ir.clears) {
      for (Symbol name : names) classes_.push_back(name);
    }
    std::sort(classes_.begin(), classes_.end(), ByText{});
    classes_.erase(std::unique(classes_.begin(), classes_.end()), classes_.end());
    if (classes_.size() > kMostClasses) classes_.resize(kMostClasses);  // the others are never cleared
    for (uint32_t i = 1; i < ir.rels.size(); ++i) visit(RelId{i});
  }

  const std::vector<Edge>& of(ColumnId column) const { return of_column_[column.value]; }
  const std::vector<Symbol>& classes() const { return classes_; }

  /// Adds the sources of an expression, seen from a context.
  void collect(ExprId root, uint8_t root_context, std::vector<Edge>& into) const {
    std::vector<Open> stack{{root, root_context}};
    std::unordered_set<uint64_t> seen;
    std::set<std::tuple<uint32_t, uint8_t, uint64_t>> seen_cleared;  // empty where no function clears anything
    while (!stack.empty()) {
      auto [id, context, cleared] = stack.back();
      stack.pop_back();
      if (!id) continue;
      bool fresh = cleared == 0 ? seen.insert(uint64_t{id.value} << 8 | context).second
                                : seen_cleared.emplace(id.value, context, cleared).second;
      if (!fresh) continue;
      const Expr& expr = ir_[id];
      std::span<const ExprId> children = ir_.children(id);
      uint8_t changed = std::max(context, static_cast<uint8_t>(Direct::Transformation));
      uint8_t deciding = context >= kConditional ? context : conditional(Indirect::Conditional);
      switch (expr.kind) {
        case ExprKind::Column:
        case ExprKind::OuterColumn:
          add(of(expr.column), context, into, cleared);
          break;
        case ExprKind::ScalarQuery:
          add(of(expr.column), changed, into, cleared);
          break;
        case ExprKind::Exists:
          break;
        case ExprKind::InQuery:
          for (uint32_t i = 0; i < expr.argument_count; ++i) stack.push_back({children[i], changed, cleared});
          for (ColumnId column : ir_[expr.query].outputs) add(of(column), changed, into, cleared);
          break;
        case ExprKind::Case: {
          size_t at = 0;
          if (expr.op & 1) stack.push_back({children[at++], deciding, cleared});
          size_t pairs_end = children.size() - (expr.op & 2 ? 1 : 0);
          for (; at + 1 < pairs_end; at += 2) {
            stack.push_back({children[at], deciding, cleared});
            stack.push_back({children[at + 1], changed, cleared});
          }
          if (expr.op & 2) stack.push_back({children.back(), changed, cleared});
          break;
        }
        case ExprKind::Window: {
          uint8_t ordering = context >= kConditional ? context : conditional(Indirect::Window);
          stack.push_back({children[0], changed, cleared});
          for (size_t i = 1; i < children.size(); ++i) stack.push_back({children[i], ordering, cleared});
          break;
        }
        case ExprKind::Call:
          collect_call(expr, children, {id, context, cleared | cleared_by(id)}, stack);
          break;
        case ExprKind::Cast:
          for (ExprId child : children) stack.push_back({child, expr.implicit ? context : changed, cleared});
          break;
        default:
          for (ExprId child : children) stack.push_back({child, changed, cleared});
      }
    }
  }

 private:
  struct Open {
    ExprId id;
    uint8_t context = 0;
    uint64_t cleared = 0;
  };

  uint64_t cleared_by(ExprId call) const {
    auto found = ir_.clears.find(call.value);
    uint64_t bits = 0;
    if (found == ir_.clears.end()) return bits;
    for (Symbol name : found->second) {
      auto at = std::lower_bound(classes_.begin(), classes_.end(), name, ByText{});
      if (at != classes_.end() && *at == name) bits |= uint64_t{1} << (at - classes_.begin());
    }
    return bits;
  }

  void collect_call(const Expr& expr, std::span<const ExprId> children, Open call, std::vector<Open>& stack) const {
    uint8_t context = call.context;
    bool aggregate = expr.function && expr.function->kind == FunctionKind::Aggregate;
    std::string_view name = expr.function ? expr.function->name : std::string_view();
    if (name == "grouping" || name == "grouping_id") return;
    auto strength = static_cast<uint8_t>(aggregate ? Direct::Aggregation : Direct::Transformation);
    uint8_t changed = context >= kConditional ? context : std::max(context, strength);
    bool chooses = name == "if" || name == "iff";
    for (uint32_t i = 0; i < children.size(); ++i) {
      uint8_t way = changed;
      bool inside = i < expr.argument_count;
      if (context < kConditional && inside && chooses && i == 0) way = conditional(Indirect::Conditional);
      if (context < kConditional && !inside && expr.has_filter && i == expr.argument_count) {
        way = conditional(Indirect::Filter);
      }
      stack.push_back({children[i], way, call.cleared});
    }
  }

  void add(const std::vector<Edge>& edges, uint8_t context, std::vector<Edge>& into, uint64_t cleared = 0) const {
    for (const Edge& edge : edges) {
      into.push_back({edge.source, seen_through(context, edge.way), edge.cleared | cleared});
    }
  }

  void set(ColumnId column, std::vector<Edge> edges) {
    tidy(edges);
    of_column_[column.value] = std::move(edges);
  }

  void visit(RelId id) {
    const Rel& rel = ir_[id];
    for (uint32_t i = 0; i < rel.outputs.size(); ++i) {
      if (ir_[rel.outputs[i]].relation != id) continue;  // passed through
      set(rel.outputs[i], output(rel, i));
    }
    if (rel.kind == RelKind::RecursiveCte) settle(id);
  }

  static bool in_some_set(const Rel& aggregate, uint32_t index) {
    if (index >= aggregate.group_count || aggregate.grouping_sets.empty()) return true;
    for (const std::vector<uint32_t>& set : aggregate.grouping_sets) {
      if (std::find(set.begin(), set.end(), index) != set.end()) return true;
    }
    return false;
  }

  std::vector<Edge> output(const Rel& rel, uint32_t index) const {
    std::vector<Edge> edges;
    ColumnId column = rel.outputs[index];
    switch (rel.kind) {
      case RelKind::Scan:
        edges.push_back({{rel.table, ir_[column].name.folded()}, 0});
        break;
      case RelKind::Aggregate:
        if (!in_some_set(rel, index)) break;  // NULL in every row
        collect(rel.exprs[index], 0, edges);
        break;
      case RelKind::Project:
        collect(rel.exprs[index], 0, edges);
        break;
      case RelKind::Window: {
        uint32_t passed = static_cast<uint32_t>(ir_[rel.inputs[0]].outputs.size());
        collect(rel.exprs[index - passed], 0, edges);
        break;
      }
      case RelKind::Join: {
        uint32_t left = static_cast<uint32_t>(ir_[rel.inputs[0]].outputs.size());
        ColumnId from = index < left ? ir_[rel.inputs[0]].outputs[index] : ir_[rel.inputs[1]].outputs[index - left];
        edges = of(from);
        break;
      }
      case RelKind::SetOp:
      case RelKind::RecursiveCte:
      case RelKind::SelfReference: {
        bool left_only = rel.kind == RelKind::SetOp && rel.op == static_cast<uint8_t>(ast::SetOpKind::Except);
        for (RelId input : rel.inputs) {
          const Rel& branch = ir_[input];
          if (index < branch.outputs.size()) add(of(branch.outputs[index]), 0, edges);
          if (left_only) break;
        }
        break;
      }
      case RelKind::Values: {
        size_t width = rel.outputs.size();
        for (size_t i = index; i < rel.exprs.size(); i += width) collect(rel.exprs[i], 0, edges);
        break;
      }
      case RelKind::Generate:
      case RelKind::TableFunction:
        for (ExprId expr : rel.exprs) collect(expr, static_cast<uint8_t>(Direct::Transformation), edges);
        break;
      case RelKind::Pivot:
        collect(rel.exprs[index], 0, edges);
        for (size_t i = rel.outputs.size(); index >= rel.group_count && i < rel.exprs.size(); ++i) {
          collect(rel.exprs[i], static_cast<uint8_t>(Direct::Transformation), edges);
        }
        break;
      case RelKind::Unpivot: {
        // The label between the kept columns and the values is made of names.
        size_t values = rel.outputs.size() - rel.group_count - 1;
        if (index < rel.group_count) collect(rel.exprs[index], 0, edges);
        if (index <= rel.group_count) break;
        for (size_t i = index - 1; i < rel.exprs.size(); i += values) collect(rel.exprs[i], 0, edges);
        break;
      }
      default:
        break;
    }
    return edges;
  }

  /// A recursive query's columns feed themselves: repeated until nothing is added. The sources only grow.
  void settle(RelId recursive) {
    const Rel& rel = ir_[recursive];
    uint32_t first = recursive.value;
    for (uint32_t i = 1; i < recursive.value; ++i) {
      const Rel& self = ir_.rels[i];
      if (self.kind == RelKind::SelfReference && self.inputs == std::vector<RelId>{rel.inputs[0]})
        first = std::min(first, i);
    }
    bool grown = first < recursive.value;
    while (grown) {
      grown = false;
      for (uint32_t i = first; i < recursive.value; ++i) {
        const Rel& below = ir_.rels[i];
        bool self = below.kind == RelKind::SelfReference && below.inputs == std::vector<RelId>{rel.inputs[0]};
        for (uint32_t c = 0; c < below.outputs.size(); ++c) {
          ColumnId column = below.outputs[c];
          if (ir_[column].relation != RelId{i}) continue;
          std::vector<Edge> edges = self ? of(rel.outputs[c]) : output(below, c);
          std::vector<Edge> before = of(column);
          set(column, std::move(edges));
          grown = grown || of(column) != before;
        }
      }
      for (uint32_t c = 0; c < rel.outputs.size(); ++c) set(rel.outputs[c], output(rel, c));
    }
  }

  static constexpr size_t kMostClasses = 64;
  const Ir& ir_;
  std::vector<Symbol> classes_;  // sorted by text
  std::vector<std::vector<Edge>> of_column_;
};

bool by_text(const Source& a, const Source& b) {
  if (a.table != b.table) return a.table.text() < b.table.text();
  return a.column.text() < b.column.text();
}

ColumnLineage finished(std::vector<Edge> edges, const std::vector<Symbol>& classes) {
  tidy(edges);
  ColumnLineage result;
  for (const Edge& edge : edges) {
    if (edge.way < kConditional) {
      DirectEdge& direct = result.direct.emplace_back(DirectEdge{edge.source, static_cast<Direct>(edge.way)});
      for (size_t i = 0; i < classes.size(); ++i) {
        if (edge.cleared >> i & 1) direct.cleared.push_back(classes[i]);
      }
    } else {
      result.conditional.push_back({edge.source, static_cast<Indirect>(edge.way - kConditional)});
    }
  }
  std::sort(result.direct.begin(), result.direct.end(),
            [](const DirectEdge& a, const DirectEdge& b) { return by_text(a.source, b.source); });
  std::sort(result.conditional.begin(), result.conditional.end(), [](const IndirectEdge& a, const IndirectEdge& b) {
    return a.source == b.source ? a.kind < b.kind : by_text(a.source, b.source);
  });
  return result;
}

/// Relations that the root reads, those of subqueries in its expressions among them.
std::vector<bool> reached(const Ir& ir, RelId root) {
  std::vector<bool> seen(ir.rels.size());
  std::vector<bool> seen_exprs(ir.exprs.size());
  std::vector<RelId> stack{root};
  std::vector<ExprId> exprs;
  while (!stack.empty()) {
    RelId id = stack.back();
    stack.pop_back();
    if (!id || seen[id.value]) continue;
    seen[id.value] = true;
    const Rel& rel = ir[id];
    stack.insert(stack.end(), rel.inputs.begin(), rel.inputs.end());
    exprs.assign(rel.exprs.begin(), rel.exprs.end());
    while (!exprs.empty()) {
      ExprId expr = exprs.back();
      exprs.pop_back();
      if (!expr || seen_exprs[expr.value]) continue;
      seen_exprs[expr.value] = true;
      stack.push_back(ir[expr].query);
      for (ExprId child : ir.children(expr)) exprs.push_back(child);
    }
  }
  return seen;
}

}  // namespace

QueryLineage lineage_of(const BoundQuery& query) {
  QueryLineage result;
  Walk walk(query.ir);
  for (const BoundQuery::Output& output : query.outputs)
    result.columns.push_back(finished(walk.of(output.column), walk.classes()));

  std::vector<bool> read = reached(query.ir, query.root);
  std::vector<Edge> edges;
  for (uint32_t i = 1; i < query.ir.rels.size(); ++i) {
    if (!read[i]) continue;
    const Rel& rel = query.ir.rels[i];
    size_t count = rel.exprs.size();
    Indirect kind = Indirect::Filter;
    switch (rel.kind) {
      case RelKind::Filter:
        break;
      case RelKind::Join:
        kind = Indirect::Join;
        break;
      case RelKind::Sort:
        kind = Indirect::Sort;
        break;
      case RelKind::Aggregate:
        kind = Indirect::GroupBy, count = rel.group_count;
        break;
      default:
        count = 0;
    }
    for (size_t e = 0; e < count; ++e) walk.collect(rel.exprs[e], conditional(kind), edges);
  }
  result.indirect = finished(std::move(edges), walk.classes()).conditional;
  return result;
}

QueryLineage lineage_of(const BoundExpression& expression) {
  QueryLineage result;
  Walk walk(expression.ir);
  std::vector<Edge> edges;
  walk.collect(expression.value, 0, edges);
  result.columns.push_back(finished(std::move(edges), walk.classes()));
  return result;
}

}  // namespace pipec::lineage
