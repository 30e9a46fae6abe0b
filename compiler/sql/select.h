// A SELECT on its way through the binder.
#pragma once

#include "sql/bind.h"

namespace pipec::sql {

struct Binder::SelectState {
  ast::NodeId node;
  RelId rel;
  std::vector<Item> items;
  // grouping
  bool grouped = false;
  ast::NodeId group;  // GroupBy, or none
  std::vector<ExprId> keys;
  std::unordered_map<uint64_t, uint32_t> key_numbers;  // hash -> index of the key
  std::vector<std::vector<uint32_t>> sets;             // of GROUPING SETS, CUBE, ROLLUP
  bool has_sets = false;
  bool group_all = false;  // GROUP BY ALL beside an item that mixes aggregates and columns
  // in a pipe
  bool qualified = false;           // the outputs keep their tables' names
  bool keeps_hidden = false;        // what USING has merged away is still there behind the step
  std::vector<uint32_t> relations;  // of the items: of the scope, or kNoRelation
  // conditions and keys over the items; all are rewritten together
  ExprId having;
  ExprId qualify;
  std::vector<ExprId> order;
  std::vector<ast::NodeId> order_nodes;
};

}  // namespace pipec::sql
