// What sets one engine's SQL apart, as data: a dialect is one file that fills this in.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "ast/nodes.h"

namespace pipec::print {

/// How tightly an expression holds together; a looser one inside a tighter one needs parentheses.
enum class Level : uint8_t {
  Any,
  Or,
  And,
  Not,
  Predicate,
  Comparison,
  BitOr,
  BitXor,
  BitAnd,
  Shift,
  Add,
  Multiply,
  Unary,
  Postfix
};

inline constexpr size_t kBinaryOps = static_cast<size_t>(ast::BinaryOp::IntDiv) + 1;

struct Operator {
  std::string_view text;  // empty: the engine has none
  Level level = Level::Any;
};

/// A type's name in the tree, and what the engine calls it.
struct TypeName {
  std::string_view name;
  std::string_view printed;
};

enum class Feature : uint64_t {
  Qualify = 1 << 0,
  Pivot = 1 << 1,
  LateralView = 1 << 2,
  SemiJoin = 1 << 3,
  StarExcept = 1 << 4,
  GroupByAll = 1 << 5,
  SortClauses = 1 << 6,  // SORT BY, CLUSTER BY, DISTRIBUTE BY
  Lambda = 1 << 7,
  TryCast = 1 << 8,
  Path = 1 << 9,        // v:name
  Subscript = 1 << 10,  // positions from 0
  TimeTravel = 1 << 11,
  Sample = 1 << 12,
  NullSafeEq = 1 << 14,     // <=>
  NullsFirst = 1 << 15,     // ascending order puts NULLs first
  NestedTypes = 1 << 16,    // struct<>, map<>
  NumberSuffix = 1 << 17,   // 1L, 1.5BD, 1e0 a double
  IntervalUnits = 1 << 18,  // interval 1 day
  BareValues = 1 << 19,     // VALUES without parentheses around it in FROM, and rows of one column without theirs
  Hints = 1 << 20,
  ReplaceWhere = 1 << 21,
  InsertOverwrite = 1 << 22,
  OnConflict = 1 << 23,
  DeleteUsing = 1 << 24,
  MergeBySource = 1 << 25,
  ColumnComment = 1 << 26,  // COMMENT in CREATE TABLE
  DollarQuotes = 1 << 27,
  GroupWith = 1 << 28,  // GROUP BY a WITH ROLLUP
  RLike = 1 << 29,
  QuantifiedLike = 1 << 30,
  ComparisonChains = 1ull << 31,  // a = b = c, read from the left
  Pipes = 1ull << 32,             // FROM first, and |>
};

struct Dialect {
  std::string_view title;
  uint64_t features = 0;

  char identifier_quote = '"';
  char identifier_end = 0;                     // where the closing mark is another one
  bool quotes_all = false;                     // every identifier, so that no list of reserved words is needed
  bool folds_case = false;                     // an upper-case letter needs quotes
  uint32_t max_identifier = 0;                 // bytes; 0: no limit
  std::span<const std::string_view> reserved;  // lower case, sorted: an identifier only in quotes
  /// Bare, these mean something of their own (current_user), where an author wrote them so; quoted if they
  /// are a name.
  std::span<const std::string_view> special;
  std::array<Operator, kBinaryOps> operators;
  Level bit_not = Level::Unary;
  std::array<std::string_view, 4> set_operations;  // by SetOpKind
  bool window_first = false;                       // the WINDOW clause stands before ORDER BY
  std::span<const TypeName> types;                 // sorted
  std::array<std::string_view, 5> typed_literals;  // by TypedLiteralKind
  /// Appends a constant whose value is `value`; what keeps it from being said, or nothing.
  std::string_view (*string)(std::string& out, std::string_view value) = nullptr;
  void (*binary)(std::string& out, std::string_view hex) = nullptr;
  /// What is wrong with an identifier that quoting does not cure, or nothing.
  std::string_view (*bad_identifier)(std::string_view text) = nullptr;

  bool has(Feature feature) const { return (features & static_cast<uint64_t>(feature)) != 0; }
};

/// A list of words, as an array: they stand in a dialect's file as text, one blank between two, sorted.
consteval size_t count_words(std::string_view text) {
  size_t count = 1;
  for (char c : text) count += c == ' ';
  return count;
}

template <size_t Count>
consteval std::array<std::string_view, Count> split_words(std::string_view text) {
  std::array<std::string_view, Count> words;
  for (size_t i = 0; i < Count; ++i) {
    words[i] = text.substr(0, text.find(' '));
    if (i != 0 && !(words[i - 1] < words[i])) throw "words are sorted";
    if (i + 1 < Count) text.remove_prefix(words[i].size() + 1);
  }
  return words;
}

extern const Dialect kDatabricks;
extern const Dialect kPostgres;
// What runs at a source: names, strings and templates of DDL. Expressions and queries are not theirs.
extern const Dialect kSqlServer;
extern const Dialect kMySql;

}  // namespace pipec::print
