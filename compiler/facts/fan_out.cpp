// A sum over the rows of a join counts a row as often as it meets one of the other side. The columns that an aggregate
// reads are followed down through the joins; where they all stand on one side, the other must meet each row once.
#include <algorithm>

#include <fmt/format.h>

#include "facts/diagnostics.h"
#include "facts/walk.h"

namespace pipec::facts {

namespace {

constexpr size_t kMaxExpressions = 256;

/// The same value twice changes nothing.
bool takes_twice(std::string_view function) {
  static constexpr std::string_view kNames[] = {"min",
                                                "max",
                                                "min_by",
                                                "max_by",
                                                "any",
                                                "some",
                                                "bool_or",
                                                "every",
                                                "bool_and",
                                                "first",
                                                "last",
                                                "first_value",
                                                "last_value",
                                                "any_value",
                                                "collect_set",
                                                "approx_count_distinct",
                                                "bit_and",
                                                "bit_or",
                                                "hll_sketch_agg",
                                                "hll_union_agg",
                                                "theta_sketch_agg",
                                                "theta_union_agg"};
  return std::find(std::begin(kNames), std::end(kNames), function) != std::end(kNames);
}

struct Item {
  ExprId call;
  std::vector<ColumnId> columns;  // that it reads, at the relation where the search stands
};

class Search {
 public:
  Search(Walk& walk, std::vector<RelId>& reported) : walk_(walk), ir_(walk.ir()), reported_(reported) {}

  void run(RelId aggregate) {
    const Rel& rel = ir_[aggregate];
    std::vector<Item> items;
    for (size_t i = rel.group_count; i < rel.exprs.size(); ++i) {
      const Expr& call = ir_[rel.exprs[i]];
      if (call.kind != ExprKind::Call || !call.function || call.distinct || takes_twice(call.function->name)) continue;
      Item item{rel.exprs[i], {}};
      if (columns_of(rel.exprs[i], item.columns) && !item.columns.empty()) items.push_back(std::move(item));
    }
    std::vector<ColumnId> grouped;
    for (uint32_t i = 0; i < rel.group_count; ++i) {
      auto has = [&](const std::vector<uint32_t>& set) { return std::find(set.begin(), set.end(), i) != set.end(); };
      ExprId key = walk_.uncast(rel.exprs[i]);
      bool always = std::all_of(rel.grouping_sets.begin(), rel.grouping_sets.end(), has);
      if (always && ir_[key].kind == ExprKind::Column) grouped.push_back(ir_[key].column);
    }
    descend({rel.inputs[0], std::move(items), std::move(grouped)});
  }

 private:
  struct Visit {
    RelId id;
    std::vector<Item> items;
    std::vector<ColumnId> grouped;
  };

  bool columns_of(ExprId root, std::vector<ColumnId>& columns) const {
    std::vector<ExprId> stack{root};
    for (size_t seen = 0; !stack.empty(); ++seen) {
      if (seen > kMaxExpressions) return false;
      ExprId id = stack.back();
      stack.pop_back();
      if (!id) continue;
      if (ir_[id].kind == ExprKind::Column) columns.push_back(ir_[id].column);
      std::span<const ExprId> children = ir_.children(id);
      stack.insert(stack.end(), children.begin(), children.end());
    }
    return true;
  }

  void descend(Visit first) {
    std::vector<Visit> stack{std::move(first)};
    while (!stack.empty()) {
      Visit at = std::move(stack.back());
      stack.pop_back();
      if (at.items.empty()) continue;
      const Rel& rel = ir_[at.id];
      switch (rel.kind) {
        case RelKind::Filter:
        case RelKind::Sort:
        case RelKind::Sample:
          stack.push_back({rel.inputs[0], std::move(at.items), std::move(at.grouped)});
          break;
        case RelKind::Project:
        case RelKind::Window:
          stack.push_back(below(std::move(at)));
          break;
        case RelKind::Join:
          join(std::move(at), stack);
          break;
        default:
          break;
      }
    }
  }

  /// What a Project or a Window makes of its input's columns.
  Visit below(Visit at) const {
    const Rel& rel = ir_[at.id];
    size_t passed = rel.kind == RelKind::Window ? ir_[rel.inputs[0]].outputs.size() : 0;
    Visit next{rel.inputs[0], {}, {}};
    auto made_of = [&](ColumnId column) -> ExprId {
      if (ir_[column].relation != at.id) return {};
      size_t index = ir_[column].index - passed;
      return index < rel.exprs.size() ? rel.exprs[index] : ExprId{};
    };
    for (Item& item : at.items) {
      Item now{item.call, {}};
      bool whole = true;
      for (ColumnId column : item.columns) {
        ExprId expr = made_of(column);
        if (expr) whole = whole && columns_of(expr, now.columns);
        if (!expr) now.columns.push_back(column);
      }
      if (whole && !now.columns.empty()) next.items.push_back(std::move(now));
    }
    for (ColumnId column : at.grouped) {
      ExprId expr = made_of(column);
      ExprId value = walk_.uncast(expr);
      if (!expr) next.grouped.push_back(column);
      if (value && ir_[value].kind == ExprKind::Column) next.grouped.push_back(ir_[value].column);
    }
    return next;
  }

  void join(Visit at, std::vector<Visit>& stack) {
    const Rel& rel = ir_[at.id];
    if (keeps_left_only(rel)) {
      stack.push_back({rel.inputs[0], std::move(at.items), std::move(at.grouped)});
      return;
    }
    const std::vector<ColumnId>& left = ir_[rel.inputs[0]].outputs;
    const std::vector<ColumnId>& right = ir_[rel.inputs[1]].outputs;
    auto input_of = [&](ColumnId column, bool& is_left) {
      auto output = std::find(rel.outputs.begin(), rel.outputs.end(), column);
      size_t index = static_cast<size_t>(output - rel.outputs.begin());
      is_left = index < left.size();
      if (index >= rel.outputs.size()) return ColumnId{};
      return is_left ? left[index] : right[index - left.size()];
    };
    Visit sides[2] = {{rel.inputs[0], {}, {}}, {rel.inputs[1], {}, {}}};
    std::vector<ColumnId> grouped;
    for (ColumnId column : at.grouped) {
      bool is_left = false;
      ColumnId below = input_of(column, is_left);
      if (!below) continue;
      sides[is_left ? 0 : 1].grouped.push_back(below);
      grouped.push_back(below);
    }
    int meets_once[2] = {-1, -1};  // not asked yet
    for (Item& item : at.items) {
      Item parts[2] = {{item.call, {}}, {item.call, {}}};
      for (ColumnId column : item.columns) {
        bool is_left = false;
        if (ColumnId below = input_of(column, is_left)) parts[is_left ? 0 : 1].columns.push_back(below);
      }
      bool of_left = !parts[0].columns.empty(), of_right = !parts[1].columns.empty();
      if (of_left != of_right && !(rel.lateral && of_right)) {
        Side other = of_left ? Side::Right : Side::Left;
        int& once = meets_once[of_left ? 1 : 0];
        if (once < 0) once = walk_.many_to_one(at.id, other, grouped) || walk_.is_assumed(at.id, other, true);
        if (!once) {
          report(at.id, other, item.call);
          continue;
        }
      }
      for (int side = 0; side < 2; ++side) {
        if (!parts[side].columns.empty()) sides[side].items.push_back(std::move(parts[side]));
      }
    }
    stack.push_back(std::move(sides[1]));
    stack.push_back(std::move(sides[0]));
  }

  std::string keys_of(const RelationFacts& facts) const {
    std::string text;
    for (const Key& key : facts.keys) {
      std::string names;
      for (ColumnId column : key.columns) {
        if (ir_[column].name.empty()) return {};
        names += fmt::format("{}{}", names.empty() ? "" : ", ", ir_[column].name.text());
      }
      text += fmt::format("{}({})", text.empty() ? "" : " or ", names);
    }
    return text;
  }

  void report(RelId join, Side side, ExprId call) {
    if (std::find(reported_.begin(), reported_.end(), join) != reported_.end()) return;
    reported_.push_back(join);
    const Request& request = walk_.request();
    auto place = [&](ast::NodeId node) { return Place::in(request.declaration, request.tree[node].span); };
    const RelationFacts& facts = walk_.of(ir_[join].inputs[side == Side::Left ? 0 : 1]);
    Symbol name = walk_.name_of(join, side);
    std::string other = name.empty() ? "the other side of the join" : fmt::format("`{}`", name.text());
    ast::NodeId where = walk_.node_of(join, side);
    if (!where) where = walk_.node_of(join, Side::Right);
    std::string_view function = ir_[call].function->name;
    std::string remedy = "bring it to one row in a subquery before the join";
    std::string assume =
        name.empty() ? ""
                     : fmt::format(", or say `assume many to one ({})` if a row meets one row at most", name.text());
    if (facts.keys.empty()) {
      request.sink
          ->report(diag::MayFanOut, place(ir_[call].node),
                   fmt::format("`{}` may take a row several times: nothing says that it meets one row of {} at most",
                               function, other))
          .label(place(where), "no unique key of this is known")
          .help(remedy + assume);
      return;
    }
    std::string keys = keys_of(facts);
    request.sink
        ->report(diag::FanOut, place(ir_[call].node),
                 fmt::format("`{}` takes a row once for each row of {} that it meets", function, other))
        .label(place(where), keys.empty() ? "the join does not fix a row of this"
                                          : fmt::format("unique by {}, which the join does not fix", keys))
        .help(remedy + assume);
  }

  Walk& walk_;
  const sql::Ir& ir_;
  std::vector<RelId>& reported_;
};

}  // namespace

void check_fan_out(Walk& walk, RelId aggregate, std::vector<RelId>& reported) {
  if (!walk.poisoned()) Search(walk, reported).run(aggregate);
}

}  // namespace pipec::facts
