// Generated SQL, built as the tree that the parser would make of it. Names and strings go in as they are,
// however hostile: only the printer quotes. A tree says what Databricks would understand by it; a dialect of
// the printer says the same in the words of another engine (so an ORDER BY without NULLS puts them first, on
// PostgreSQL too).
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "ast/tree.h"

namespace pipec::ast {

/// Text for a node: a symbol, or anything that becomes one.
struct Text {
  Text() = default;
  Text(Symbol symbol) : symbol(symbol) {}
  Text(std::string_view text) : symbol(Symbol::of(text)) {}
  Text(const std::string& text) : symbol(Symbol::of(text)) {}
  Text(const char* text) : symbol(Symbol::of(text)) {}
  Symbol symbol;
};

/// The text of a Ddl node with as many "{}" as there are children. Only a string literal of our own code can
/// become one, and the count is checked while that code is compiled.
template <typename... Children>
class DdlTemplate {
 public:
  consteval DdlTemplate(const char* text) : text_(text) {
    size_t holes = 0;
    for (const char* c = text; *c != '\0'; ++c) holes += c[0] == '{' && c[1] == '}';
    if (holes != sizeof...(Children)) throw "as many {} as children";
  }
  const char* text() const { return text_; }

 private:
  const char* text_;
};

class SqlBuilder {
 public:
  explicit SqlBuilder(Tree& tree) : tree_(tree) {}
  Tree& tree() { return tree_; }
  using Ids = std::vector<NodeId>;
  using Texts = std::vector<Text>;

  // ---- names
  NodeId name(Text text);
  NodeId names(const Texts& texts);  // a List of Name
  NodeId qname(const Texts& parts);
  NodeId column(Text name);
  NodeId column(Text qualifier, Text name);  // an empty qualifier is left out
  NodeId word(Text text);                    // a bare word with a meaning of its own: current_user
  NodeId star(Text qualifier = {});
  NodeId list(const Ids& ids);

  // ---- literals
  NodeId string(Text value);
  NodeId integer(int64_t value);
  NodeId number(Text written);  // decimal, as "0.5"
  NodeId null();
  NodeId boolean(bool value);
  NodeId typed(TypedLiteralKind kind, Text value);  // timestamp '...'
  NodeId interval(int64_t amount, IntervalUnit unit);
  NodeId param(Text name);

  // ---- expressions
  NodeId call(Text function, const Ids& arguments);
  NodeId call_in(const Texts& function, const Ids& arguments);  // a qualified function
  NodeId count_star() { return call("count", {star()}); }
  NodeId cast(NodeId value, NodeId type);
  NodeId try_cast(NodeId value, NodeId type);
  NodeId type(Text name, const std::vector<int>& arguments = {});  // by its Databricks name, or the engine's own
  NodeId array_of(NodeId element);
  NodeId map_of(NodeId key, NodeId value);
  NodeId struct_of(const std::vector<std::pair<Text, NodeId>>& fields);
  NodeId binary(BinaryOp op, NodeId left, NodeId right);
  NodeId eq(NodeId left, NodeId right) { return binary(BinaryOp::Eq, left, right); }
  NodeId null_safe_eq(NodeId left, NodeId right) { return binary(BinaryOp::NullSafeEq, left, right); }
  NodeId differs(NodeId left, NodeId right) { return binary(BinaryOp::NotEq, left, right); }
  NodeId lt(NodeId left, NodeId right) { return binary(BinaryOp::Lt, left, right); }
  NodeId lt_eq(NodeId left, NodeId right) { return binary(BinaryOp::LtEq, left, right); }
  NodeId gt(NodeId left, NodeId right) { return binary(BinaryOp::Gt, left, right); }
  NodeId gt_eq(NodeId left, NodeId right) { return binary(BinaryOp::GtEq, left, right); }
  /// Conditions that are none are left out; no condition at all gives none.
  NodeId and_all(const Ids& conditions);
  NodeId or_all(const Ids& conditions);
  NodeId not_(NodeId condition);
  NodeId is_null(NodeId value);
  NodeId is_not_null(NodeId value);
  NodeId is_distinct(NodeId left, NodeId right);
  NodeId is_not_distinct(NodeId left, NodeId right);
  NodeId in_list(NodeId value, const Ids& items);
  NodeId in_query(NodeId value, NodeId query, bool negated = false);
  NodeId exists(NodeId query);
  NodeId scalar_query(NodeId query);
  NodeId row(const Ids& items);
  NodeId case_when(const std::vector<std::pair<NodeId, NodeId>>& whens, NodeId otherwise = {});
  NodeId field(NodeId value, Text name);
  /// `call` gets OVER (PARTITION BY ... ORDER BY ... frame).
  NodeId over(NodeId call, const Ids& partition, const Ids& order, NodeId frame = {});
  NodeId filter(NodeId call, NodeId condition);
  NodeId distinct(NodeId call);
  NodeId lambda(const Texts& parameters, NodeId body);
  NodeId asc(NodeId value);   // NULLs first
  NodeId desc(NodeId value);  // NULLs last
  NodeId nulls_first(NodeId order_item);
  NodeId nulls_last(NodeId order_item);
  NodeId bound(BoundKind kind, NodeId value = {});
  NodeId frame(FrameUnit unit, NodeId start, NodeId end = {});

  // ---- queries
  struct Select {
    Ids ctes = {};
    bool distinct = false;
    Ids items = {};
    Ids from = {};
    NodeId where = {};
    Ids group = {};
    NodeId having = {};
    NodeId qualify = {};
    Ids order = {};
    NodeId limit = {};
  };
  NodeId select(const Select& parts);  // a Query
  NodeId item(NodeId value, Text alias = {});
  /// For each name: the column of that name, of `qualifier` if it is not empty.
  Ids columns(Text qualifier, const std::vector<Symbol>& names);
  NodeId cte(Text name, NodeId query);
  NodeId union_all(const Ids& queries);
  NodeId values(const std::vector<Ids>& rows);  // a Query

  // ---- relations
  NodeId table(const Texts& parts, Text alias = {});
  NodeId query_ref(NodeId query, Text alias, const Texts& columns = {});
  NodeId values_ref(const std::vector<Ids>& rows, Text alias, const Texts& columns = {});
  NodeId table_function(Text function, const Ids& arguments, Text alias = {}, const Texts& columns = {});
  NodeId join(JoinKind kind, NodeId left, NodeId right, NodeId condition = {});

  // ---- statements
  struct Insert {
    InsertMode mode = InsertMode::Into;
    NodeId table = {};
    Texts columns = {};
    NodeId query = {};
    NodeId replace_where = {};
    Texts conflict_key = {};
    Ids assignments = {};
    NodeId update_where = {};
  };
  NodeId insert(const Insert& parts);
  NodeId assign(Text column, NodeId value);
  struct Merge {
    NodeId target = {};
    NodeId source = {};
    NodeId on = {};
    Ids clauses = {};
  };
  NodeId merge(const Merge& parts);
  NodeId when(MergeClauseKind kind, NodeId condition, const Ids& assignments = {});
  NodeId delete_from(NodeId table, NodeId where, const Ids& using_ = {});
  NodeId update(NodeId table, const Ids& assignments, NodeId where = {});
  NodeId table_column(Text name, NodeId type, bool not_null = false, Text comment = {});
  struct Create {
    uint8_t flags = 0;  // CreateFlag
    NodeId name = {};   // QName
    Ids columns = {};   // table_column, or ddl for a constraint
    Ids options = {};   // ddl, each printed on a line of its own
    NodeId query = {};  // of a view, or CREATE TABLE AS
  };
  NodeId create_table(const Create& parts);  // with a query: CREATE TABLE AS
  NodeId create_view(const Create& parts);
  /// What has no node of its own; see DdlTemplate. A child may be anything: a name, a literal, a list, a
  /// query.
  template <typename... Children>
  NodeId ddl(DdlTemplate<std::type_identity_t<Children>...> text, Children... children) {
    return tree_.add(NodeKind::Ddl, {children...}, Symbol::of(text.text()));
  }
  NodeId dollar_body(NodeId body);
  /// A document of another language between dollar quotes, as it is.
  NodeId dollar_text(Text text);
  /// Place for a subtree of another tree, as an author's query; register it in print::Rewrites.
  NodeId embedded() { return tree_.add(NodeKind::Embedded, {}); }

 private:
  NodeId optional_list(const Ids& ids) { return ids.empty() ? NodeId{} : list(ids); }
  NodeId names_or_none(const Texts& texts) { return texts.empty() ? NodeId{} : names(texts); }
  NodeId alias(Text name, const Texts& columns = {});
  NodeId chain(BinaryOp op, const Ids& conditions);
  NodeId query_of(NodeId body);
  Tree& tree_;
};

}  // namespace pipec::ast
