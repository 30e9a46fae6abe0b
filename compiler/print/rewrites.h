// What is printed in place of the author's words: relations of the target, the columns of a `*`, the body of
// a function, the casts of a contract. Plain tables by node id; the binder's results and the target fill
// them.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "ast/tree.h"

namespace pipec::print {

struct Rewrites;

/// A part of a tree, with what is to be rewritten in it.
struct Subtree {
  const ast::Tree* tree = nullptr;
  ast::NodeId node;
  const Rewrites* rewrites = nullptr;
};

/// A DataType node; no tree: no type.
struct TypeRef {
  const ast::Tree* tree = nullptr;
  ast::NodeId node;
  explicit operator bool() const { return tree != nullptr; }
};

struct StarColumn {
  std::vector<Symbol> qualifier;  // empty where none is needed
  Symbol name;
};

/// A user's function in place of its call. In the body a name that is a parameter stands for the argument,
/// printed as it is where the call stands; parameters of the body's lambdas are renamed where they would
/// capture a name of an argument.
struct Expansion {
  struct Argument {
    Symbol parameter;       // folded
    ast::NodeId value;      // in the tree of the call
    bool fallback = false;  // `value` is the parameter's default, in the tree of the body
    TypeRef cast;
  };
  Subtree body;
  std::vector<Argument> arguments;
  TypeRef cast;  // of the result
};

/// One column of a rewritten SELECT list.
struct Projected {
  ast::NodeId item;   // SelectItem, or Star
  uint32_t star = 0;  // which column of the Star
  TypeRef cast;
  Symbol alias;  // empty: as written
};

/// One column of a SELECT around a query.
struct Wrapped {
  Symbol name;
  TypeRef cast;
  bool missing = false;  // the query does not have it: NULL
};

/// What the sides of a set operation BY NAME are read as, where an engine has none; empty: as they are.
struct Aligned {
  std::vector<Wrapped> left, right;
};

/// A table that is read as a stream of the rows that are added to it.
struct StreamRead {
  bool rows_may_go = false;  // rows that are deleted or changed later are no error: nothing follows from them
};

struct Rewrites {
  template <typename T>
  using ByNode = std::unordered_map<ast::NodeId, T>;

  ByNode<std::vector<Symbol>> paths;  // TableRef, TableQuery, QName, ColumnRef -> the parts to print
  ByNode<StreamRead> streams;         // TableRef
  ByNode<std::vector<StarColumn>> stars;
  ByNode<Expansion> expansions;  // Call
  ByNode<Subtree> subtrees;      // Embedded
  /// Select -> its list. Only where nothing else of the query depends on the items' order or types.
  ByNode<std::vector<Projected>> projections;
  /// Query -> SELECT these FROM (the query): always the same rows.
  ByNode<std::vector<Wrapped>> wraps;
  ByNode<Aligned> aligned;  // SetOp
};

}  // namespace pipec::print
