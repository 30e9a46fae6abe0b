// The parser as the rest of this folder sees it, without ANTLR: run an entry over a range of tokens, get
// events.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "syntax/event.h"
#include "syntax/lexer.h"

namespace pipec::syntax {

/// The rules that can be run on their own. Those marked * must reach the end of the range; the others stop
/// where they are complete.
enum class Entry : uint8_t {
  Query,       // *
  Expression,  // *
  Annotation,
  SourceHeader,
  SourceItem,
  TableMember,
  CdcHeader,
  CdcItem,
  FunctionHeader,
  FunctionBody,
  ModelHeader,
  ModelItem,
  ColumnDefinition,
  CheckHeader,
  CheckItem,
  DestinationHeader,
  DestinationItem,
  ExportHeader,
  ExportItem,
  LoadHeader,
  LoadItem,
  SnapshotHeader,
  SnapshotItem,
  SeedHeader,
  SeedItem,
  TestHeader,
  TestItem,
  PublishHeader,
  PublishItem,
  EntityHeader,
  EntityItem,
  MetricHeader,
  MetricItem,
  DashboardHeader,
  DashboardItem,
  JobHeader,
  JobItem,
  ScheduleHeader,
  ScheduleItem,
};

struct ParseOutcome {
  bool ok = false;
  bool too_deep = false;
  uint32_t stopped = 0;  // index of the token after the parsed ones, or of the one that does not fit
};

/// How often the parser had to look ahead: for the test that keeps the grammar fast.
struct PredictionCounts {
  uint64_t predictions = 0;
  uint64_t full_context = 0;
  uint64_t longest_lookahead = 0;
  std::vector<std::string> examples;  // of what was wrong: rule and words
};

/// One a thread: it warms up, and is not shared.
class AntlrDriver {
 public:
  AntlrDriver();
  ~AntlrDriver();
  static AntlrDriver& of_this_thread();

  /// Sets the tokens that the next runs read.
  void load(std::span<const Token> tokens);
  /// Parses from token `first`, with an end of input before `end`. Events are added to `events()`; those of a
  /// failed run are complete up to the failure.
  ParseOutcome run(Entry entry, uint32_t first, uint32_t end);
  std::vector<Event>& events();
  /// Tokens that all runs since load() have gone over: what finding out about an error costs, too.
  uint64_t steps() const;
  /// Replaces the type of a loaded token (to ask what would fit in its place).
  void set_type(uint32_t token, uint16_t type);

  /// From now on predictions are counted, and are slower.
  PredictionCounts& count_predictions();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pipec::syntax
