#include "syntax/block_words.h"

#include <algorithm>

namespace pipec::syntax {
namespace {

using Words = std::string_view;

constexpr Words kSource[] = {"cdc",    "connection", "database", "description", "fresh",
                             "kind",   "loaded",     "owner",    "publication", "replica",
                             "schema", "slot",       "table",    "tags",        "timestamps"};
constexpr Words kSourceLater[] = {"auth", "base_url", "drop", "format", "path", "rate", "resource", "topic"};
constexpr Words kCdc[] = {"deletes", "description", "history", "key", "log", "on", "owner", "tags"};
constexpr Words kModel[] = {"access",      "as",          "assume",    "cluster",      "columns",
                            "description", "expect",      "forward",   "full",         "grant",
                            "history",     "incremental", "key",       "materialized", "owner",
                            "partition",   "renamed",     "streaming", "tags",         "view"};
constexpr Words kModelLater[] = {"erase", "layout", "python", "reads", "secrets", "writes"};
constexpr Words kCheck[] = {"as", "description", "else", "owner", "tags"};
constexpr Words kDestination[] = {"connection", "database", "description", "kind", "owner", "schema", "tags"};
constexpr Words kExport[] = {"columns", "deletes", "description", "freshness", "grant", "index",
                             "key",     "mode",    "owner",       "renamed",   "tags"};
constexpr Words kSchedule[] = {"after",  "continuous", "cron",    "description", "every",     "finish",
                               "manual", "on",         "owner",   "process",     "reprocess", "retry",
                               "run",    "tags",       "timeout", "timezone"};

constexpr BlockWord kBlocks[] = {
    {"source", HeaderShape::Brace, true, Entry::SourceHeader, Entry::SourceItem, kSource, kSourceLater},
    {"cdc", HeaderShape::From, true, Entry::CdcHeader, Entry::CdcItem, kCdc, {}},
    {"function", HeaderShape::Parenthesis, true, Entry::FunctionHeader, Entry::FunctionBody, {}, {}},
    {"model", HeaderShape::Brace, true, Entry::ModelHeader, Entry::ModelItem, kModel, kModelLater},
    {"check", HeaderShape::On, true, Entry::CheckHeader, Entry::CheckItem, kCheck, {}},
    {"destination", HeaderShape::Brace, true, Entry::DestinationHeader, Entry::DestinationItem, kDestination, {}},
    {"export", HeaderShape::To, true, Entry::ExportHeader, Entry::ExportItem, kExport, {}},
    {"schedule", HeaderShape::Brace, true, Entry::ScheduleHeader, Entry::ScheduleItem, kSchedule, {}},
    {"snapshot", HeaderShape::From, false, {}, {}, {}, {}},
    {"load", HeaderShape::From, false, {}, {}, {}, {}},
    {"seed", HeaderShape::Brace, false, {}, {}, {}, {}},
    {"test", HeaderShape::String, false, {}, {}, {}, {}},
    {"publish", HeaderShape::Brace, false, {}, {}, {}, {}},
    {"entity", HeaderShape::On, false, {}, {}, {}, {}},
    {"metric", HeaderShape::On, false, {}, {}, {}, {}},
    {"dashboard", HeaderShape::Brace, false, {}, {}, {}, {}},
    {"job", HeaderShape::Brace, false, {}, {}, {}, {}},
};

bool equal_folded(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return (x >= 'A' && x <= 'Z' ? x + ('a' - 'A') : x) == y;
         });
}

}  // namespace

const BlockWord* find_block_word(std::string_view word) {
  for (const BlockWord& block : kBlocks) {
    if (equal_folded(word, block.word)) return &block;
  }
  return nullptr;
}

std::span<const BlockWord> block_words() {
  return kBlocks;
}

}  // namespace pipec::syntax
