#include "syntax/parse.h"

#include "syntax/antlr_driver.h"
#include "syntax/failure.h"
#include "syntax/lexer.h"
#include "syntax/tree_builder.h"
#include "syntax/trivia.h"

namespace pipec::syntax {
namespace {

ParsedQuery broken(ParsedQuery result, SyntaxError error, std::string_view text) {
  result.errors.push_back(std::move(error));
  Span all{0, static_cast<uint32_t>(text.size())};
  result.tree.root = result.tree.add(ast::NodeKind::Error, {}, {}, 0, 0, all);
  return result;
}

ParsedQuery parse_unit(std::string_view text, Entry entry) {
  ParsedQuery result;
  if (auto error = check_bytes(text)) return broken(std::move(result), *error, text);
  Tokens tokens;
  lex(text, tokens);
  if (auto error = check_size(tokens.tokens)) return broken(std::move(result), *error, text);
  for (const Token& token : tokens.tokens) {
    if ((token.flags & kUnterminated) == 0) continue;
    lex(text, tokens, true);  // blame the line that lost its quote, not the last one of the text
    break;
  }
  for (const Token& token : tokens.tokens) {
    if ((token.flags & kUnterminated) != 0) return broken(std::move(result), *explain_token(text, token), text);
  }
  uint32_t deep = first_too_deep(tokens.tokens);
  if (deep < tokens.tokens.size()) {
    return broken(std::move(result), too_deep_error({tokens.tokens[deep].begin, tokens.tokens[deep].end}), text);
  }
  AntlrDriver& driver = AntlrDriver::of_this_thread();
  driver.load(tokens.tokens);
  auto end = static_cast<uint32_t>(tokens.tokens.size());
  ParseOutcome outcome = driver.run(entry, 0, end);
  if (!outcome.ok) {
    Failure failure{text, tokens.tokens, driver, entry, 0, end, outcome.stopped, outcome.too_deep};
    return broken(std::move(result), explain(failure), text);
  }
  TreeBuilder builder(text, tokens.tokens, result.tree, result.errors);
  builder.begin(driver.events());
  result.tree.root = entry == Entry::Query ? builder.query_unit() : builder.expression_unit();
  attach_comments(text, tokens, result.tree);
  return result;
}

}  // namespace

ParsedQuery parse_query(std::string_view sql) {
  return parse_unit(sql, Entry::Query);
}

ParsedQuery parse_expression(std::string_view sql) {
  return parse_unit(sql, Entry::Expression);
}

}  // namespace pipec::syntax
