#include "syntax/parse.h"

#include "syntax/antlr_driver.h"
#include "syntax/guards.h"
#include "syntax/lexer.h"
#include "syntax/tree_builder.h"

namespace pipec::syntax {
namespace {

ParsedQuery parse_unit(std::string_view text, Entry entry) {
  ParsedQuery result;
  Tokens tokens;
  if (!lex_guarded(text, tokens, result.errors)) {
    result.tree.root = result.tree.add(ast::NodeKind::Error, {});
    return result;
  }
  AntlrDriver& driver = AntlrDriver::of_this_thread();
  driver.load(tokens.tokens);
  auto end = static_cast<uint32_t>(tokens.tokens.size());
  ParseOutcome outcome = driver.run(entry, 0, end);
  if (!outcome.ok) {
    result.errors.push_back(explain_failure(text, tokens.tokens, driver, entry, 0, end, outcome));
    result.tree.root = result.tree.add(ast::NodeKind::Error, {});
    return result;
  }
  TreeBuilder builder(text, tokens.tokens, result.tree, result.errors);
  builder.begin(driver.events());
  result.tree.root = entry == Entry::Query ? builder.query_unit() : builder.expression_unit();
  return result;
}

}  // namespace

ParsedQuery parse_query(std::string_view sql) { return parse_unit(sql, Entry::Query); }

ParsedQuery parse_expression(std::string_view sql) { return parse_unit(sql, Entry::Expression); }

}  // namespace pipec::syntax
