// A call on its way through the binder.
#pragma once

#include "sql/bind.h"

namespace pipec::sql {

struct Binder::CallParts {
  ast::NodeId node;                // the call, for places
  ast::NodeId name;                // QName
  Symbol folded;                   // of its last word
  std::vector<ast::NodeId> nodes;  // of the arguments, names and parentheses taken off
  std::vector<Symbol> aliases;     // struct(a AS b)
  std::vector<ExprId> values;      // none for a lambda
  std::vector<Argument> arguments;
  bool has_lambda = false;
  bool poisoned = false;  // an argument is an error: nothing is said about the call
  bool distinct = false;
  bool ignore_nulls = false;
  bool windowed = false;
  bool generator_allowed = false;
  std::vector<ast::NodeId> within;  // OrderItems of WITHIN GROUP
  ast::NodeId filter;
};

}  // namespace pipec::sql
