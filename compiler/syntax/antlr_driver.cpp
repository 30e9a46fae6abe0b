#include "syntax/antlr_driver.h"

#include <algorithm>
#include <string>

#include "PipeParser.h"

namespace pipec::syntax {
namespace {

using antlr4::ParserRuleContext;
using antlr4::TokenStream;
using antlr4::atn::ParserATNSimulator;
using antlr4::dfa::DFA;
using antlr4::dfa::DFAState;

class NoSource final : public antlr4::TokenSource {
 public:
  std::unique_ptr<antlr4::Token> nextToken() override { return nullptr; }
  size_t getLine() const override { return 1; }
  size_t getCharPositionInLine() override { return 0; }
  antlr4::CharStream* getInputStream() override { return nullptr; }
  std::string getSourceName() override { return {}; }
  antlr4::TokenFactory<antlr4::CommonToken>* getTokenFactory() override {
    return antlr4::CommonTokenFactory::DEFAULT.get();
  }
};

NoSource& no_source() {
  static NoSource source;
  return source;
}

// What ANTLR wants of a token: its type and index. Nothing here has text; messages are made from our own
// tokens.
class IndexedToken final : public antlr4::Token {
 public:
  size_t type = 0;
  size_t index = 0;
  std::string getText() const override { return {}; }
  size_t getType() const override { return type; }
  size_t getLine() const override { return 1; }
  size_t getCharPositionInLine() const override { return 0; }
  size_t getChannel() const override { return 0; }
  size_t getTokenIndex() const override { return index; }
  size_t getStartIndex() const override { return 0; }
  size_t getStopIndex() const override { return 0; }
  antlr4::TokenSource* getTokenSource() const override { return &no_source(); }
  antlr4::CharStream* getInputStream() const override { return nullptr; }
  std::string toString() const override { return {}; }
};

class FlatStream final : public TokenStream {
 public:
  void load(std::span<const Token> tokens) {
    if (tokens_.size() < tokens.size() + 1) tokens_.resize(tokens.size() + 1);
    for (size_t i = 0; i < tokens.size(); ++i) {
      tokens_[i].type = tokens[i].type;
      tokens_[i].index = i;
    }
  }
  /// The window that is parsed. The token at `end` looks like the end of input until the window moves.
  void window(size_t first, size_t end) {
    end_ = end;
    at_ = first;
    deepest_ = first;
    end_token_.type = antlr4::Token::EOF;
    end_token_.index = end;
  }
  void set_type(size_t i, uint16_t type) { tokens_[i].type = type; }
  /// The farthest token looked at since it was last set.
  size_t deepest() const { return deepest_; }
  void reset_deepest() { deepest_ = at_; }

  antlr4::Token* LT(ssize_t k) override { return k < 0 ? token(at_ + k) : token(at_ + k - 1); }
  size_t LA(ssize_t k) override {
    size_t i = at_ + k - 1;
    deepest_ = std::max(deepest_, i);
    return i < end_ ? tokens_[i].type : antlr4::Token::EOF;
  }
  void consume() override {
    if (at_ < end_) ++at_;
  }
  antlr4::Token* get(size_t i) const override { return const_cast<FlatStream*>(this)->token(i); }
  antlr4::TokenSource* getTokenSource() const override { return &no_source(); }
  std::string getText(const antlr4::misc::Interval&) override { return {}; }
  std::string getText() override { return {}; }
  std::string getText(antlr4::RuleContext*) override { return {}; }
  std::string getText(antlr4::Token*, antlr4::Token*) override { return {}; }
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  size_t index() override { return at_; }
  void seek(size_t i) override { at_ = i; }
  size_t size() override { return end_ + 1; }
  std::string getSourceName() const override { return {}; }

 private:
  antlr4::Token* token(size_t i) { return i < end_ ? &tokens_[i] : &end_token_; }

  std::vector<IndexedToken> tokens_;
  IndexedToken end_token_;
  size_t at_ = 0;
  size_t end_ = 0;
  size_t deepest_ = 0;
};

// The first error ends the run: what is wrong is worked out afterwards, from the token where it stopped.
class FirstError final : public antlr4::ANTLRErrorStrategy {
 public:
  void reset(antlr4::Parser*) override {}
  antlr4::Token* recoverInline(antlr4::Parser* parser) override {
    throw SyntaxFault{parser->getTokenStream()->index()};
  }
  void recover(antlr4::Parser* parser, std::exception_ptr) override {
    throw SyntaxFault{parser->getTokenStream()->index()};
  }
  void sync(antlr4::Parser*) override {}
  bool inErrorRecoveryMode(antlr4::Parser*) override { return false; }
  void reportMatch(antlr4::Parser*) override {}
  void reportError(antlr4::Parser* parser, const antlr4::RecognitionException& error) override {
    antlr4::Token* token = error.getOffendingToken();
    throw SyntaxFault{token ? token->getTokenIndex() : parser->getTokenStream()->index()};
  }
};

// Follows the cached automaton without ANTLR's process-wide locks: it belongs to this thread alone. A missing
// edge goes to the base, which adds it.
class FlatSimulator : public ParserATNSimulator {
 public:
  FlatSimulator(antlr4::Parser* parser, const antlr4::atn::ATN& atn, std::vector<DFA>& automata,
                antlr4::atn::PredictionContextCache& cache)
      : ParserATNSimulator(parser, atn, automata, cache), automata_(automata) {}

  size_t adaptivePredict(TokenStream* input, size_t decision, ParserRuleContext* context) override {
    auto* stream = static_cast<FlatStream*>(input);
    DFAState* state = automata_[decision].s0;
    for (ssize_t k = 1; state != nullptr; ++k) {
      if (state->isAcceptState) {
        if (state->requiresFullContext || !state->predicates.empty()) break;
        return state->prediction;
      }
      auto edge = state->edges.find(stream->LA(k));
      if (edge == state->edges.end() || edge->second == ERROR.get()) break;
      state = edge->second;
    }
    return ParserATNSimulator::adaptivePredict(input, decision, context);
  }

 private:
  std::vector<DFA>& automata_;
};

class CountingSimulator final : public ParserATNSimulator {
 public:
  using ParserATNSimulator::ParserATNSimulator;
  PredictionCounts counts;
  antlr4::Parser* parser_of = nullptr;

  size_t adaptivePredict(TokenStream* input, size_t decision, ParserRuleContext* context) override {
    auto* stream = static_cast<FlatStream*>(input);
    stream->reset_deepest();
    size_t begin = stream->index();
    uint64_t full_before = counts.full_context;
    size_t result = ParserATNSimulator::adaptivePredict(input, decision, context);
    ++counts.predictions;
    uint64_t looked = stream->deepest() - begin + 1;
    counts.longest_lookahead = std::max(counts.longest_lookahead, looked);
    if ((looked > 4 || counts.full_context != full_before) && counts.examples.size() < 20) {
      std::string text = parser_of->getRuleNames()[atn.getDecisionState(decision)->ruleIndex] + " (decision " +
                         std::to_string(decision) + ", " + std::to_string(looked) + " tokens):";
      for (size_t i = 0; i < looked; ++i) {
        size_t type = stream->get(begin + i)->getType();
        text += type < kTokenTypes ? ' ' + std::to_string(type) + kTokenTexts[type] : " end";
      }
      counts.examples.push_back(text);
    }
    return result;
  }
  size_t execATNWithFullContext(DFA& dfa, DFAState* state, antlr4::atn::ATNConfigSet* configs, TokenStream* input,
                                size_t start, ParserRuleContext* context) override {
    ++counts.full_context;
    return ParserATNSimulator::execATNWithFullContext(dfa, state, configs, input, start, context);
  }
};

void enter(PipeParser& parser, Entry entry) {
  switch (entry) {
    case Entry::Query:
      parser.queryUnit();
      return;
    case Entry::Expression:
      parser.exprUnit();
      return;
    case Entry::Annotation:
      parser.annotation();
      return;
    case Entry::SourceHeader:
      parser.sourceHeader();
      return;
    case Entry::SourceItem:
      parser.sourceItem();
      return;
    case Entry::TableMember:
      parser.tableMember();
      return;
    case Entry::CdcHeader:
      parser.cdcHeader();
      return;
    case Entry::CdcItem:
      parser.cdcItem();
      return;
    case Entry::FunctionHeader:
      parser.functionHeader();
      return;
    case Entry::FunctionBody:
      parser.functionBody();
      return;
    case Entry::ModelHeader:
      parser.modelHeader();
      return;
    case Entry::ModelItem:
      parser.modelItem();
      return;
    case Entry::ColumnDefinition:
      parser.columnDefinition();
      return;
    case Entry::CheckHeader:
      parser.checkHeader();
      return;
    case Entry::CheckItem:
      parser.checkItem();
      return;
    case Entry::DestinationHeader:
      parser.destinationHeader();
      return;
    case Entry::DestinationItem:
      parser.destinationItem();
      return;
    case Entry::ExportHeader:
      parser.exportHeader();
      return;
    case Entry::ExportItem:
      parser.exportItem();
      return;
    case Entry::LoadHeader:
      parser.loadHeader();
      return;
    case Entry::LoadItem:
      parser.loadItem();
      return;
    case Entry::SnapshotHeader:
      parser.snapshotHeader();
      return;
    case Entry::SnapshotItem:
      parser.snapshotItem();
      return;
    case Entry::SeedHeader:
      parser.seedHeader();
      return;
    case Entry::SeedItem:
      parser.seedItem();
      return;
    case Entry::TestHeader:
      parser.testHeader();
      return;
    case Entry::TestItem:
      parser.testItem();
      return;
    case Entry::PublishHeader:
      parser.publishHeader();
      return;
    case Entry::PublishItem:
      parser.publishItem();
      return;
    case Entry::EntityHeader:
      parser.entityHeader();
      return;
    case Entry::EntityItem:
      parser.entityItem();
      return;
    case Entry::MetricHeader:
      parser.metricHeader();
      return;
    case Entry::MetricItem:
      parser.metricItem();
      return;
    case Entry::DashboardHeader:
      parser.dashboardHeader();
      return;
    case Entry::DashboardItem:
      parser.dashboardItem();
      return;
    case Entry::JobHeader:
      parser.jobHeader();
      return;
    case Entry::JobItem:
      parser.jobItem();
      return;
    case Entry::ScheduleHeader:
      parser.scheduleHeader();
      return;
    case Entry::ScheduleItem:
      parser.scheduleItem();
      return;
  }
}

}  // namespace

struct AntlrDriver::State {
  FlatStream stream;
  std::vector<DFA> automata;
  antlr4::atn::PredictionContextCache cache;
  PipeParser parser{&stream};
  CountingSimulator* counting = nullptr;
  uint64_t steps = 0;

  State() {
    const antlr4::atn::ATN& atn = parser.getATN();
    automata.reserve(atn.getNumberOfDecisions());
    for (size_t i = 0; i < atn.getNumberOfDecisions(); ++i) automata.emplace_back(atn.getDecisionState(i), i);
    parser.setInterpreter(new FlatSimulator(&parser, atn, automata, cache));
    parser.removeErrorListeners();
    parser.setErrorHandler(std::make_shared<FirstError>());
    parser.setBuildParseTree(false);
  }
};

AntlrDriver::AntlrDriver() : state_(std::make_unique<State>()) {}
AntlrDriver::~AntlrDriver() = default;

AntlrDriver& AntlrDriver::of_this_thread() {
  thread_local AntlrDriver driver;
  return driver;
}

void AntlrDriver::load(std::span<const Token> tokens) {
  state_->stream.load(tokens);
  state_->parser.events.clear();
  state_->steps = 0;
}

std::vector<Event>& AntlrDriver::events() {
  return state_->parser.events;
}

void AntlrDriver::set_type(uint32_t token, uint16_t type) {
  state_->stream.set_type(token, type);
}

ParseOutcome AntlrDriver::run(Entry entry, uint32_t first, uint32_t end) {
  State& state = *state_;
  state.stream.window(first, end);
  state.parser.setContext(nullptr);
  state.parser.open.clear();
  size_t events_before = state.parser.events.size();
  ParseOutcome outcome;
  try {
    enter(state.parser, entry);
    outcome.ok = true;
    outcome.stopped = static_cast<uint32_t>(state.stream.index());
  } catch (const SyntaxFault& fault) {
    outcome.stopped = static_cast<uint32_t>(fault.token);
    outcome.too_deep = fault.too_deep;
    for (size_t i = events_before; i < state.parser.events.size(); ++i) {
      Event& event = state.parser.events[i];  // unwinding closed them all, those still open where it stopped
      event.end = std::min(event.end, outcome.stopped);
    }
  }
  state.parser.getTreeTracker().reset();
  t_contexts.reset();
  state.steps += outcome.stopped - std::min(first, outcome.stopped) + 1;
  return outcome;
}

uint64_t AntlrDriver::steps() const {
  return state_->steps;
}

PredictionCounts& AntlrDriver::count_predictions() {
  State& state = *state_;
  if (!state.counting) {
    state.counting = new CountingSimulator(&state.parser, state.parser.getATN(), state.automata, state.cache);
    state.counting->parser_of = &state.parser;
    state.parser.setInterpreter(state.counting);
  }
  return state.counting->counts;
}

}  // namespace pipec::syntax
