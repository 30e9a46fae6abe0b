// Reading the items of a block: each is known, given once, and of the right shape, or it is reported.
#pragma once

#include <initializer_list>
#include <string>

#include "semantic/declaration.h"
#include "semantic/diagnostics.h"

namespace pipec::semantic {

/// What every resolver works with.
struct Resolving {
  const Declaration& declaration;
  const ast::Tree& tree;
  Sink& sink;

  Place place(ast::NodeId node) const { return Place::in(declaration.key, tree[node].span); }
  DiagnosticBuilder report(const DiagnosticKind& kind, ast::NodeId node, std::string message) const {
    return sink.report(kind, place(node), std::move(message));
  }
};

/// The Property nodes of a list. Other kinds of node in it are not touched.
class Items {
 public:
  /// Reports properties that are not in `known` and those that stand there twice (unless listed in `repeatable`).
  Items(const Resolving& context, ast::NodeId list, std::string block, std::initializer_list<std::string_view> known,
        std::initializer_list<std::string_view> repeatable = {});

  ast::NodeId find(std::string_view name) const;  // none: absent
  std::vector<ast::NodeId> all(std::string_view name) const;
  /// The first value of a property; none if the property or its value is absent.
  ast::NodeId value(std::string_view name) const;
  /// The property's only value as text: Word, Name, QName, string Literal. Empty if absent.
  Symbol text(std::string_view name) const;
  /// As text, one of `allowed`, or reported.
  Symbol word(std::string_view name, std::initializer_list<std::string_view> allowed) const;
  std::optional<pipeline::Duration> duration(std::string_view name) const;
  /// Reports what is missing, on the block's head.
  bool require(std::string_view name, std::string_view example) const;

 private:
  const Resolving& context_;
  ast::NodeId list_;
  std::string block_;
};

/// The text of a Word, Name, QName (dotted), string or number Literal, Secret.
Symbol text_of(const ast::Tree& tree, ast::NodeId node);
std::optional<pipeline::Duration> read_duration(const Resolving& context, ast::NodeId node);
std::vector<Symbol> names_of(const ast::Tree& tree, ast::NodeId list);

/// Description, owner, tags of a declaration; reports what the project requires and is not there.
pipeline::Head head_of(const Resolving& context, const struct ProjectFacts& facts, ast::NodeId annotations);
/// The classes of @pii(...) among a column's annotations; reports annotations that a column does not have.
std::vector<Symbol> pii_of(const Resolving& context, ast::NodeId annotations);

/// Reports attributes that a column of a contract, a seed or the like does not have; `owner` as in "a contract".
void check_attributes(const Resolving& context, ast::NodeId column, std::string_view owner);
/// `renamed from x` of a column where x is still one of the names.
void check_renamed(const Resolving& context, ast::NodeId column, const std::vector<Symbol>& names);
void report_not_renamed(Sink& sink, Place old, Symbol name);
/// Reports a table that is named by another number of words than two; `what` as in "a seed fills a table in a schema".
bool check_two_names(const Resolving& context, ast::NodeId qname, std::string_view what, std::string_view example);
/// A file that the project must have, by its path from the project's folder.
void check_file(const Resolving& context, const class Reader& reader, ast::NodeId node, std::string_view path);

/// As the number between the two, or reported (and `least` returned).
int64_t read_number(const Resolving& context, ast::NodeId node, int64_t least, int64_t most);
/// As text, one of the words, or reported.
Symbol one_of_words(const Resolving& context, ast::NodeId node, std::string_view what,
                    std::initializer_list<std::string_view> words);
bool check_zone(const Resolving& context, ast::NodeId node);
/// The column must hold a time; `what` opens the sentence.
void check_time(const Resolving& context, ast::NodeId node, std::string_view owner, const pipeline::Column& column,
                std::string_view what);
/// The column that a node names; reports one that does not exist.
const pipeline::Column* find_column(const Resolving& context, ast::NodeId node,
                                    const std::vector<pipeline::Column>& columns, std::string_view owner);
/// Columns declared with SQL types: of seeds, jobs, exports. Twice the same name is reported; `owner` as in "a seed".
std::vector<pipeline::Column> read_columns(const Resolving& context, const class Reader& reader, ast::NodeId items,
                                           std::string_view owner, Resolved& out);
/// The type of a column that is declared with an SQL type, in whichever form it was read.
sql::Type declared_type(const Resolving& context, const class Reader& reader, ast::NodeId type);

/// "gold.x.fee", folded: for Diagnostic::typed_by.
Symbol column_of(std::string_view owner, const pipeline::Column& column);
/// Reports that `owner`, a table, has no column of this name.
void report_no_column(const Resolving& context, Place place, const std::vector<pipeline::Column>& columns,
                      std::string_view owner, Symbol name);
/// Each name must be one of the columns; reports and says whether all are.
bool check_columns(const Resolving& context, ast::NodeId name_list, const std::vector<pipeline::Column>& columns,
                   std::string_view owner);

}  // namespace pipec::semantic
