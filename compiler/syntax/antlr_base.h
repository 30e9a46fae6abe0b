// Base classes of the generated parser. It keeps no parse tree: entering and leaving a rule writes an event,
// and the contexts that ANTLR needs for prediction live in an arena that is emptied after each piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "antlr4-runtime.h"
#include "syntax/event.h"

namespace pipec::syntax {

/// Thrown through the generated code, which catches only ANTLR's own exceptions.
struct SyntaxFault {
  size_t token = 0;
  bool too_deep = false;
};

class ContextArena {
 public:
  void* take(size_t size) {
    size = (size + 15) & ~size_t{15};
    if (left_ < size) grow();
    void* result = next_;
    next_ += size;
    left_ -= size;
    return result;
  }
  void reset() {
    page_ = 0;
    left_ = 0;
  }

 private:
  static constexpr size_t kPage = 256 * 1024;
  void grow() {
    if (page_ == pages_.size()) pages_.emplace_back(new char[kPage]);
    next_ = pages_[page_++].get();
    left_ = kPage;
  }

  std::vector<std::unique_ptr<char[]>> pages_;
  size_t page_ = 0;
  char* next_ = nullptr;
  size_t left_ = 0;
};

inline thread_local ContextArena t_contexts;

class ArenaContext : public antlr4::ParserRuleContext {
 public:
  using antlr4::ParserRuleContext::ParserRuleContext;
  static void* operator new(size_t size) { return t_contexts.take(size); }
  static void operator delete(void*) {}
};

class EventParser : public antlr4::Parser {
 public:
  explicit EventParser(antlr4::TokenStream* input) : antlr4::Parser(input) {}

  std::vector<Event> events;
  std::vector<uint32_t> open;  // the rules that are not finished, by event

  void enterRule(antlr4::ParserRuleContext* context, size_t state, size_t rule) override {
    if (open.size() > kDeepest) throw SyntaxFault{_input->index(), true};
    setState(state);
    _ctx = context;
    open.push_back(static_cast<uint32_t>(events.size()));
    auto at = static_cast<uint32_t>(_input->index());
    events.push_back({static_cast<uint16_t>(rule), at, at, 0});
  }
  // Hides the base's: the generated code calls it without qualification.
  void exitRule() {
    Event& event = events[open.back()];
    event.end = static_cast<uint32_t>(_input->index());
    event.size = static_cast<uint32_t>(events.size() - open.back());
    open.pop_back();
    setState(_ctx->invokingState);
    _ctx = static_cast<antlr4::ParserRuleContext*>(_ctx->parent);
  }
  void enterOuterAlt(antlr4::ParserRuleContext*, size_t) override {}
  antlr4::Token* consume() override {
    antlr4::Token* token = _input->LT(1);
    _input->consume();
    return token;
  }
  antlr4::Token* match(size_t type) override {
    antlr4::Token* token = _input->LT(1);
    if (_input->LA(1) != type) throw SyntaxFault{_input->index()};
    _input->consume();
    return token;
  }

 private:
  // The second belt: brackets are counted before parsing, but CASE nests without any.
  static constexpr size_t kDeepest = 4000;
};

}  // namespace pipec::syntax
