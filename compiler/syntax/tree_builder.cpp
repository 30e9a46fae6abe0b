#include "syntax/tree_builder.h"

#include <algorithm>

namespace pipec::syntax {
namespace {

// Long chains of operators, joins or set operations make trees as deep as the chain is long; every pass over
// a tree recurses, so the depth is bounded here once for all.
constexpr uint16_t kDeepestTree = 2000;

}  // namespace

void TreeBuilder::begin(std::span<const Event> events) {
  events_ = events;
  event_ = 0;
  at_ = events.empty() ? 0 : events[0].first;
  limit_ = events.empty() ? 0 : events[0].end;
}

TreeBuilder::Rule::Rule(TreeBuilder& builder, GrammarRule) : builder_(builder) {
  const Event& event = builder.events_[builder.event_];
  first_ = event.first;
  end_ = event.end;
  next_event_ = builder.event_ + event.size;
  outer_limit_ = builder.limit_;
  builder.limit_ = end_;
  ++builder.event_;
}

TreeBuilder::Rule::~Rule() {
  builder_.limit_ = outer_limit_;
  builder_.at_ = end_;
  builder_.event_ = next_event_;
}

bool TreeBuilder::at(GrammarRule rule) const {
  return event_ < events_.size() && events_[event_].rule == static_cast<uint16_t>(rule) &&
         events_[event_].first == at_ && events_[event_].end <= limit_;
}

bool TreeBuilder::at_empty(GrammarRule rule) const {
  return at(rule) && events_[event_].end == at_;
}

Span TreeBuilder::since(uint32_t first) const {
  uint32_t begin = first < tokens_.size() ? tokens_[first].begin : static_cast<uint32_t>(text_.size());
  return {begin, at_ > first ? tokens_[at_ - 1].end : begin};
}

TreeBuilder::NodeId TreeBuilder::add(NodeKind kind, std::span<const NodeId> children, Span span, Symbol name,
                                     uint8_t op, uint16_t flags) {
  NodeId id = tree_.add(kind, children, name, op, flags, span);
  uint16_t depth = 0;
  for (NodeId child : children) {
    if (child.value < depths_.size()) depth = std::max(depth, depths_[child.value]);
  }
  if (++depth > kDeepestTree) {
    depth = 0;  // one error, not one a node
    if (!too_deep_) {
      too_deep_ = true;
      error(diag::TooDeep, span, "this is nested or chained too deep").help =
          "split it, for example into common table expressions";
    }
  }
  depths_.resize(id.value + 1);
  depths_[id.value] = depth;
  return id;
}

SyntaxError& TreeBuilder::error(const DiagnosticKind& kind, Span span, std::string message) {
  SyntaxError& added = errors_.emplace_back();
  added.kind = &kind;
  added.span = span;
  added.message = std::move(message);
  return added;
}

TreeBuilder::NodeId TreeBuilder::query_unit() {
  Rule rule(*this, GrammarRule::QueryUnit);
  NodeId result = query();
  no_stray_star({});
  no_stray_nulls();
  return result;
}

TreeBuilder::NodeId TreeBuilder::expression_unit() {
  Rule rule(*this, GrammarRule::ExprUnit);
  NodeId result = expression();
  no_stray_star({});
  no_stray_nulls();
  return result;
}

void TreeBuilder::no_stray_star(NodeId allowed) {
  if (stray_star_ && stray_star_ != allowed) {
    error(diag::Misplaced, span_of(stray_star_), "`*` cannot be a part of an expression").help = "name the columns";
  }
  stray_star_ = {};
}

void TreeBuilder::no_stray_nulls() {
  if (nulls_operand_) {
    error(diag::Misplaced, span_of(nulls_operand_), "`nulls` can only follow a call, or the whole argument of one");
  }
  nulls_operand_ = {};
}

}  // namespace pipec::syntax
